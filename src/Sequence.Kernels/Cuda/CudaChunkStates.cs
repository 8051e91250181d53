using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// <see cref="Chunks.ChunkStates"/> on a GPU (<c>chunk_states.cu</c>): U is read once and S written once; the gradients read S and theirs, and write that to U. A row of V
/// numbers is of some lanes of a warp, or of some warps where it is long, which hold its state while they walk over the chunks.
/// </summary>
internal static class CudaChunkStates
{
    // of a memory access of one thread, in bytes, where rows are such that it can be as wide
    private const int Widest = 16;

    private const int Lanes = 32, Threads = 128;

    private static readonly CudaProgram _single = new("chunk_states.cu", _ => ["WIDTH=1"]), _wide = new("chunk_states.cu", element => [$"WIDTH={Wide(element)}"]);

    /// <summary>What it is compiled from; for float32 and float64.</summary>
    public static IReadOnlyList<CudaProgram> Programs { get; } = [_single, _wide];

    /// <summary>S before each chunk and behind the last.</summary>
    /// <param name="written">U [B, n, H, K, V], contiguous as all that follows but l.</param>
    /// <param name="carry">l in float64, an axis of one for as many as there are elsewhere; empty for none.</param>
    /// <param name="initial">The first S, [B, H, K, V].</param>
    /// <param name="before">Where S goes, [B, n, H, K, V].</param>
    /// <param name="last">Where the last S goes, [B, H, K, V].</param>
    public static void Forward(Tensor written, Tensor carry, Tensor initial, Tensor before, Tensor last)
    {
        var rows = new Rows(written, initial, before, last);
        rows.Launch("forward", new ForwardArguments
        {
            Sizes = rows.Sizes, Carry = CudaLogs.Of(carry), Written = CudaMemory.Address(written), Initial = CudaMemory.Address(initial),
            Before = CudaMemory.Address(before), Last = CudaMemory.Address(last),
        });
    }

    /// <summary>The gradients to U and to the first S.</summary>
    /// <param name="carry">As the forward pass took it.</param>
    /// <param name="before">As it gave it, and contiguous as all that follows.</param>
    /// <param name="gBefore">The gradient to that.</param>
    /// <param name="gLast">The gradient to the last S.</param>
    /// <param name="gWritten">Where that to U goes.</param>
    /// <param name="gInitial">Where that to the first S goes.</param>
    /// <returns>That to l, [B, n, H, K, X], to be summed over its last axis; null where there is no l.</returns>
    public static Tensor? Backward(Tensor carry, Tensor before, Tensor gBefore, Tensor gLast, Tensor gWritten, Tensor gInitial)
    {
        var rows = new Rows(before, gBefore, gLast, gWritten, gInitial);
        var gCarry = carry.numel() == 0 ? null : empty([.. before.shape[..4], rows.Sizes.Tiles], before.dtype, before.device);
        rows.Launch("backward", new BackwardArguments
        {
            Sizes = rows.Sizes, Carry = CudaLogs.Of(carry), Before = CudaMemory.Address(before), GBefore = CudaMemory.Address(gBefore), GLast = CudaMemory.Address(gLast),
            GWritten = CudaMemory.Address(gWritten), GInitial = CudaMemory.Address(gInitial), GCarry = CudaMemory.Address(gCarry),
        });
        return gCarry;
    }

    private static int Wide(ScalarType element) => element == ScalarType.Float64 ? Widest / sizeof(double) : Widest / sizeof(float);

    /// <summary>How the rows of states are shared out among threads.</summary>
    private sealed class Rows
    {
        private readonly Tensor _all;
        private readonly CudaProgram _program;

        /// <summary>For states [B, n, H, K, V], and what lies beside them.</summary>
        public Rows(Tensor all, params Tensor[] others)
        {
            var (shape, wide) = (all.shape, Wide(all.dtype));
            var isWide = shape[4] % wide == 0 && others.Append(all).All(each => CudaMemory.Address(each) % Widest == 0);
            var accesses = isWide ? shape[4] / wide : shape[4];
            var lanes = (int)Math.Min(Lanes, BitOperations.RoundUpToPowerOf2((ulong)accesses));
            (_all, _program) = (all, isWide ? _wide : _single);
            Sizes = new()
            {
                B = (int)shape[0], N = (int)shape[1], H = (int)shape[2], K = (int)shape[3], V = (int)shape[4], Lanes = lanes, Tiles = (int)((accesses + lanes - 1) / lanes),
            };
        }

        public Sizes_ Sizes { get; }

        public void Launch<TArguments>(string kernel, TArguments arguments)
            where TArguments : unmanaged
        {
            var threads = (long)Sizes.B * Sizes.H * Sizes.K * Sizes.Tiles * Sizes.Lanes;
            _program.On(_all).Launch(kernel, ((threads + Threads - 1) / Threads, 1), Threads, arguments);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Sizes_
    {
        public int B, N, H, K, V, Lanes, Tiles;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ForwardArguments
    {
        public Sizes_ Sizes;
        public CudaLogs Carry;
        public IntPtr Written, Initial, Before, Last;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct BackwardArguments
    {
        public Sizes_ Sizes;
        public CudaLogs Carry;
        public IntPtr Before, GBefore, GLast, GWritten, GInitial, GCarry;
    }
}
