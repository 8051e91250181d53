using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// The two passes of a causal convolution over [B, T, C] on a GPU (<c>causal_convolution.cu</c>), as <see cref="Convolution.ConvolutionPass{T, TStored}"/> is on the CPU. From
/// memory a number of a token comes once, and from a cache again where neighbours read it: in float32 8 bytes forward and 12 backward.
/// </summary>
internal static class CudaConvolution
{
    // registers hold a tile of tokens and what four taps read of them; sums of the gradients to weights go over a stretch of tiles
    private const int Tiles = 8, Taps = 4, Threads = 128;

    /// <summary>What it is compiled from.</summary>
    public static CudaProgram Program { get; } = new("causal_convolution.cu", element => [$"STEPS={Steps(element)}", $"TILES={Tiles}", $"TAPS={Taps}", $"THREADS={Threads}"]);

    /// <summary>y.</summary>
    /// <param name="inputs">u, the window, or an empty one, W, b and positions, or none.</param>
    /// <param name="silu">Whether y is silu(s).</param>
    /// <param name="y">[B, T, C].</param>
    public static void Forward(IReadOnlyList<Tensor> inputs, bool silu, Tensor y)
    {
        if (y.numel() > 0)
            Launch(y.shape[1] == 1 ? "step" : "forward", Given(inputs, silu, 0) with { Y = CudaTokens.Of(y) }, y);
    }

    /// <summary>The gradients to u and the window, where they are to go.</summary>
    /// <returns>Those to W and b, in the element type of sums.</returns>
    public static (Tensor Weight, Tensor Bias) Backward(IReadOnlyList<Tensor> inputs, bool silu, Tensor gy, Tensor gu, Tensor gWindow)
    {
        var (u, weight, state) = (inputs[0], inputs[2], StateElement.Of(gu.dtype));
        var given = Given(inputs, silu, Divide(gWindow.shape[1], Steps(u.dtype))) with { GY = CudaTokens.Of(gy), GU = CudaTokens.Of(gu), GWindow = Window(gWindow) };
        var gWeight = zeros([u.shape[0], given.Stretches, .. weight.shape], state, u.device);
        var gBias = zeros([u.shape[0], given.Stretches, u.shape[2]], state, u.device);
        if (u.numel() > 0)
            Launch("backward", given with { GWeight = CudaMemory.Address(gWeight), GBias = CudaMemory.Address(gBias) }, u);
        else
            gWindow.zero_();
        return (gWeight.sum([0, 1]), gBias.sum([0, 1]));
    }

    private static Arguments Given(IReadOnlyList<Tensor> inputs, bool silu, long before)
    {
        var (u, weight) = (inputs[0], inputs[2]);
        return new()
        {
            U = CudaTokens.Of(u), Window = Window(inputs[1]), Weight = CudaMemory.Address(weight), Bias = CudaMemory.Address(inputs[3]),
            Positions = CudaMemory.Address(inputs[4]), Rows = (int)u.shape[0], T = (int)u.shape[1], C = (int)u.shape[2], W = (int)weight.shape[0], Silu = silu ? 1 : 0,
            Before = (int)before, Stretches = (int)Divide(before + Divide(u.shape[1], Steps(u.dtype)), Tiles),
        };
    }

    // one of no tokens is none
    private static CudaTokens Window(Tensor window) => CudaTokens.Of(window.shape[1] == 0 ? null : window);

    private static void Launch(string pass, Arguments given, Tensor like) =>
        Program.On(like).Launch(pass, ((long)given.Rows * given.Stretches * Divide(given.C, Threads), 1), Threads, given);

    // a float64 takes two registers
    private static int Steps(ScalarType element) => element == ScalarType.Float64 ? 8 : 16;

    private static long Divide(long whole, long part) => (whole + part - 1) / part;

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public CudaTokens U, Y, GU, GY, Window, GWindow;
        public IntPtr Weight, Bias, Positions, GWeight, GBias;
        public int Rows, T, C, W, Silu, Before, Stretches;
    }
}
