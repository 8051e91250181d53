using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Sequence.Kernels.Normalization;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// <see cref="GatedNorm"/> on a GPU (<c>gated_norm.cu</c>): x and z are read once and y is written once; the gradients read them again. Each of x, z and w may be in bfloat16 where
/// the others are in float32, as in automatic mixed precision.
/// </summary>
internal static class CudaGatedNorm
{
    // a thread of a head has a few of its numbers, of each of the tensors that it reads: more than these would not fit into registers
    private const int Lanes = 32, Threads = 256, MostPerLane = 8, MostChannels = Threads * MostPerLane;

    // tokens whose gradients to w are summed before they are written: many, so that these are little beside what is read
    private const int Stretch = 64;

    private static readonly ConcurrentDictionary<(int Group, int PerLane, string Gate, string Weight), CudaProgram> _programs = new();

    /// <summary>What it is compiled from, for heads of any width in one element type.</summary>
    public static IReadOnlyList<CudaProgram> Programs { get; } =
        [.. ((long[])[Lanes, 2 * Lanes, 4 * Lanes, 8 * Lanes, 2 * Threads, 4 * Threads, 8 * Threads]).Select(channels => Program(channels, "stored", "stored"))];

    /// <summary>Of those for x in bfloat16 and others in float32, the widest.</summary>
    public static IReadOnlyList<CudaProgram> Mixed { get; } = [Program(8 * Lanes, "stored", "state"), Program(MostChannels, "state", "state")];

    /// <summary>Why it does not take them; null where it does.</summary>
    public static string? Refusal(Tensor x, Tensor z, Tensor weight) =>
        StateElement.Of(x.dtype) != StateElement.Of(z.dtype) || StateElement.Of(x.dtype) != StateElement.Of(weight.dtype) ? "inputs, gates and weights are of different element types"
        : x.shape[3] > MostChannels ? $"heads of more than {MostChannels} channels"
        : null;

    /// <summary>y [B, T, H V].</summary>
    /// <param name="inputs">x and z [B, T, H, V], and w [H V].</param>
    /// <param name="norm">How it norms and gates.</param>
    /// <param name="y">Where to.</param>
    public static void Forward(List<Tensor> inputs, (NormGate Gate, bool Centred, double Epsilon) norm, Tensor y)
    {
        var (tokens, heads) = Sizes(inputs[0]);
        var together = Threads / Group(inputs[0].shape[3]);
        Launch("forward", inputs, norm, ((tokens * heads + together - 1) / together, 1), y, null, null, null, null);
    }

    /// <summary>The gradients to x and z, and that to w by stretches of tokens.</summary>
    /// <param name="inputs">x and z [B, T, H, V], and w [H V].</param>
    /// <param name="norm">How it norms and gates.</param>
    /// <param name="g">The gradient to y.</param>
    /// <param name="gx">Where that to x goes.</param>
    /// <param name="gz">Where that to z goes.</param>
    /// <returns>That to w, to be summed over its first axis, in the element type of sums.</returns>
    public static Tensor Backward(List<Tensor> inputs, (NormGate Gate, bool Centred, double Epsilon) norm, Tensor g, Tensor gx, Tensor gz)
    {
        var (tokens, heads) = Sizes(inputs[0]);
        // and no more stretches than keep a GPU busy
        var stretches = Math.Clamp(tokens / Stretch, 1, 1024);
        var gw = empty([stretches, inputs[2].shape[0]], StateElement.Of(g.dtype), g.device);
        Launch("backward", inputs, norm, (stretches, (int)heads), null, g, gx, gz, gw);
        return gw;
    }

    private static void Launch(
        string kernel, List<Tensor> inputs, (NormGate Gate, bool Centred, double Epsilon) norm, (long X, int Y) grid, Tensor? y, Tensor? g, Tensor? gx, Tensor? gz, Tensor? gw)
    {
        var x = inputs[0];
        var program = Program(x.shape[3], Stored(inputs[1], x), Stored(inputs[2], x));
        if (x.dtype == ScalarType.Float64)
            program.On(x).Launch(kernel, grid, Threads, Arguments(norm.Epsilon));
        else
            program.On(x).Launch(kernel, grid, Threads, Arguments((float)norm.Epsilon));

        Arguments_<T> Arguments<T>(T epsilon)
            where T : unmanaged => new()
            {
                X = Heads.Of(x), Z = Heads.Of(inputs[1]), Weight = CudaMemory.Address(inputs[2]), Y = CudaMemory.Address(y), G = CudaMemory.Address(g),
                GX = CudaMemory.Address(gx), GZ = CudaMemory.Address(gz), GW = CudaMemory.Address(gw), Tokens = x.shape[0] * x.shape[1],
                T = (int)x.shape[1], H = (int)x.shape[2], V = (int)x.shape[3], Gate = (int)norm.Gate, IsCentred = norm.Centred ? 1 : 0, Epsilon = epsilon,
            };
    }

    // a head that a warp can hold is left to one
    private static int Group(long channels) => channels <= Lanes * MostPerLane ? Lanes : Threads;

    private static CudaProgram Program(long channels, string gate, string weight)
    {
        var group = Group(channels);
        var perLane = (int)BitOperations.RoundUpToPowerOf2((uint)((channels + group - 1) / group));
        return _programs.GetOrAdd((group, perLane, gate, weight), key =>
            new("gated_norm.cu", _ => [$"GROUP={key.Group}", $"PER_LANE={key.PerLane}", $"GATE={key.Gate}", $"WEIGHT={key.Weight}"]));
    }

    // where x is stored, or computed in
    private static string Stored(Tensor tensor, Tensor x) => tensor.dtype == x.dtype ? "stored" : tensor.dtype == ScalarType.BFloat16 ? "bfloat16" : "state";

    private static (long Tokens, long Heads) Sizes(Tensor x) => (x.shape[0] * x.shape[1], x.shape[2]);

    [StructLayout(LayoutKind.Sequential)]
    private struct Heads
    {
        public IntPtr First;
        public long Row, Token, Head;

        public static Heads Of(Tensor x) => new() { First = CudaMemory.Address(x), Row = x.stride(0), Token = x.stride(1), Head = x.stride(2) };
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments_<TState>
        where TState : unmanaged
    {
        public Heads X, Z;
        public IntPtr Weight, Y, G, GX, GZ, GW;
        public long Tokens;
        public int T, H, V, Gate, IsCentred;
        public TState Epsilon;
    }
}
