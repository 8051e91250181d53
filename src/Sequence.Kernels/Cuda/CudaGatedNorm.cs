using System.Numerics;
using System.Runtime.InteropServices;
using Sequence.Kernels.Normalization;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary><see cref="GatedNorm"/> on a GPU (<c>gated_norm.cu</c>): x and z are read once and y is written once; the gradients read them again.</summary>
internal static class CudaGatedNorm
{
    private const int Lanes = 32, Warps = 8;

    // numbers a lane holds, for heads of up to 32 times as many
    private static readonly CudaProgram[] _programs = [.. Enumerable.Range(0, 6).Select(power => new CudaProgram("gated_norm.cu", _ => [$"PER_LANE={1 << power}"]))];

    /// <summary>What it is compiled from, for heads of up to 32, 64, ... channels.</summary>
    public static IReadOnlyList<CudaProgram> Programs => _programs;

    /// <summary>Why it does not take heads of so many channels; null where it does.</summary>
    public static string? Refusal(long channels) => channels <= Lanes << (_programs.Length - 1) ? null : $"heads of more than {Lanes << (_programs.Length - 1)} channels";

    /// <summary>y [B, T, H V].</summary>
    /// <param name="inputs">x and z [B, T, H, V], and w [H V].</param>
    /// <param name="norm">How it norms and gates.</param>
    /// <param name="y">Where to.</param>
    public static void Forward(List<Tensor> inputs, (NormGate Gate, bool Centred, double Epsilon) norm, Tensor y)
    {
        var (tokens, heads) = Sizes(inputs[0]);
        Launch("forward", inputs, norm, ((tokens * heads + Warps - 1) / Warps, 1), y, null, null, null, null);
    }

    /// <summary>The gradients to x and z, and that to w by stretches of tokens.</summary>
    /// <param name="inputs">x and z [B, T, H, V], and w [H V].</param>
    /// <param name="norm">How it norms and gates.</param>
    /// <param name="g">The gradient to y.</param>
    /// <param name="gx">Where that to x goes.</param>
    /// <param name="gz">Where that to z goes.</param>
    /// <returns>That to w, to be summed over its first axis, never narrower than float32.</returns>
    public static Tensor Backward(List<Tensor> inputs, (NormGate Gate, bool Centred, double Epsilon) norm, Tensor g, Tensor gx, Tensor gz)
    {
        var (tokens, heads) = Sizes(inputs[0]);
        // stretches long enough that their sums are little beside what is read, and as many as keep a GPU busy
        var stretches = Math.Clamp(tokens / (8 * Warps), 1, 1024);
        var gw = empty([stretches, inputs[2].shape[0]], StateElement.Of(g.dtype), g.device);
        Launch("backward", inputs, norm, (stretches, (int)heads), null, g, gx, gz, gw);
        return gw;
    }

    private static void Launch(
        string kernel, List<Tensor> inputs, (NormGate Gate, bool Centred, double Epsilon) norm, (long X, int Y) grid, Tensor? y, Tensor? g, Tensor? gx, Tensor? gz, Tensor? gw)
    {
        var x = inputs[0];
        var program = _programs[BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)((x.shape[3] + Lanes - 1) / Lanes)))];
        if (x.dtype == ScalarType.Float64)
            program.On(x).Launch(kernel, grid, Lanes * Warps, Arguments(norm.Epsilon));
        else
            program.On(x).Launch(kernel, grid, Lanes * Warps, Arguments((float)norm.Epsilon));

        Arguments_<T> Arguments<T>(T epsilon)
            where T : unmanaged => new()
            {
                X = Heads.Of(x), Z = Heads.Of(inputs[1]), Weight = CudaMemory.Address(inputs[2]), Y = CudaMemory.Address(y), G = CudaMemory.Address(g),
                GX = CudaMemory.Address(gx), GZ = CudaMemory.Address(gz), GW = CudaMemory.Address(gw), Tokens = x.shape[0] * x.shape[1],
                T = (int)x.shape[1], H = (int)x.shape[2], V = (int)x.shape[3], Gate = (int)norm.Gate, IsCentred = norm.Centred ? 1 : 0, Epsilon = epsilon,
            };
    }

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
