using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// What the blocks of a scan leave to each other (<c>chain.cuh</c>): the links of chunks and the states behind groups of them, with marks that say which are there. For
/// one launch; the memory goes back to libtorch's allocator, which gives it to nobody before the kernel has ended.
/// </summary>
internal sealed class CudaChain : IDisposable
{
    // a warp; some warps a block; so many chunks wait for the links of each other and not for states
    private const int Lanes = 32, Warps = 8, ChunksOfGroup = 16;

    private readonly Tensor _marks, _states;
    private readonly long _chunks, _groups, _tiles;
    private readonly int _parts;
    private readonly long[] _shape;

    /// <summary>For tokens [B, T, D].</summary>
    /// <param name="shape">B, T and D.</param>
    /// <param name="steps">Tokens a thread holds in registers.</param>
    /// <param name="parts">How many numbers a state is: one, or two for a complex one.</param>
    /// <param name="like">A tensor of states.</param>
    public CudaChain(long[] shape, int steps, int parts, Tensor like)
    {
        (_shape, _parts) = (shape, parts);
        _chunks = Divide(shape[1], steps * Warps);
        _groups = Divide(_chunks, ChunksOfGroup);
        _tiles = shape[0] * Divide(shape[2], Lanes);
        _marks = zeros([1 + _tiles * (_chunks + _groups)], int32, like.device);
        _states = empty([_tiles * (2 * _chunks + _groups) * Lanes * parts], like.dtype, like.device);
    }

    /// <summary>The macros of a source that includes <c>chain.cuh</c>.</summary>
    public static IEnumerable<string> Definitions(int steps) => [$"STEPS={steps}", $"WARPS={Warps}", $"CHUNKS_OF_GROUP={ChunksOfGroup}"];

    /// <summary>Threads a block.</summary>
    public static int Threads => Lanes * Warps;

    /// <summary>One a chunk of a tile of channels.</summary>
    public (long X, int Y) Blocks => (_tiles * _chunks, 1);

    /// <summary>As the kernel takes it.</summary>
    public Argument Given
    {
        get
        {
            var (marks, states) = (CudaMemory.Address(_marks), CudaMemory.Address(_states));
            return new()
            {
                Ticket = marks, LinksSet = marks + sizeof(int), StatesSet = marks + (nint)((1 + _tiles * _chunks) * sizeof(int)),
                Links = states, States = states + (nint)(_tiles * 2 * _chunks * Lanes * _parts * _states.element_size()),
                Rows = (int)_shape[0], T = (int)_shape[1], D = (int)_shape[2],
            };
        }
    }

    /// <summary>Of one token, which leaves nothing to another.</summary>
    public static Argument OfOne(long[] shape) => new() { Rows = (int)shape[0], T = 1, D = (int)shape[2] };

    /// <inheritdoc/>
    public void Dispose()
    {
        _marks.Dispose();
        _states.Dispose();
    }

    private static long Divide(long whole, long part) => (whole + part - 1) / part;

    /// <summary><c>Chain</c> of <c>chain.cuh</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Argument
    {
        public IntPtr Ticket, LinksSet, StatesSet, Links, States;
        public int Rows, T, D;
    }
}
