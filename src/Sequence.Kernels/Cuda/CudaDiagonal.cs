using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>The two passes of a real diagonal recurrence over [B, T, D] on a GPU (<c>diagonal_scan.cu</c>), as <see cref="Diagonal.DiagonalPass{T, TStored}"/> is on the CPU.</summary>
/// <param name="input">The source that says where a and b come from: "log_decays.cuh".</param>
/// <param name="steps">Tokens that a thread holds in registers, as many as leave none of them to memory.</param>
internal sealed class CudaDiagonal(string input, int steps)
{
    /// <summary>What it is compiled from.</summary>
    public CudaProgram Program { get; } = new("diagonal_scan.cu", element => [$"INPUT=\"{input}\"", .. CudaChain.Definitions(Steps(element, steps))]);

    /// <summary>a = e^l, and b as it is.</summary>
    public static CudaDiagonal LogDecays { get; } = new("log_decays.cuh", steps: 16);

    /// <summary>a = 1 - p and b = p g(x).</summary>
    public static CudaDiagonal ReplacementGates { get; } = new("replacement_gates.cuh", steps: 12);

    /// <summary>h [B, T, D] and the last h [B, D].</summary>
    /// <param name="from">What <c>Input</c> of the source has.</param>
    /// <param name="initial">h before the first token.</param>
    /// <param name="marks">[B, T]; null or empty where no token is marked.</param>
    public void Forward<TInput>(TInput from, Tensor initial, Tensor? marks, Tensor h, Tensor last)
        where TInput : unmanaged
    {
        if (h.numel() == 0)
        {
            last.copy_(initial).Dispose();
            return;
        }

        using var chain = new CudaChain(h.shape, Steps(h.dtype, steps), parts: 1, last);
        Program.On(h).Launch("forward", chain.Blocks, CudaChain.Threads, Arguments(chain, from, initial, marks, h, last));
    }

    /// <summary>The gradients to a and b, where <paramref name="from"/> says, and to the first h.</summary>
    public void Backward<TInput>(TInput from, Tensor initial, Tensor? marks, Tensor h, Tensor gh, Tensor gLast, Tensor gInitial)
        where TInput : unmanaged
    {
        if (h.numel() == 0)
        {
            gInitial.copy_(gLast).Dispose();
            return;
        }

        using var chain = new CudaChain(h.shape, Steps(h.dtype, steps), parts: 1, gInitial);
        Program.On(h).Launch("backward", chain.Blocks, CudaChain.Threads, new Gradients<TInput>
        {
            Given = Arguments(chain, from, initial, marks, h, gInitial) with { GH = CudaTokens.Of(gh) },
            GLast = CudaMemory.Address(gLast),
        });
    }

    private static Arguments_<TInput> Arguments<TInput>(CudaChain chain, TInput from, Tensor initial, Tensor? marks, Tensor h, Tensor last)
        where TInput : unmanaged => new()
        {
            Chain = chain.Given, Input = from, H = CudaTokens.Of(h), Initial = CudaMemory.Address(initial), Last = CudaMemory.Address(last), Marks = CudaMemory.Address(marks),
        };

    // a float64 takes two registers
    private static int Steps(ScalarType element, int steps) => element == ScalarType.Float64 ? steps / 2 : steps;

    /// <summary>Of <c>log_decays.cuh</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LogDecayTokens
    {
        public CudaTokens L, B, GL, GB, GLWide;
    }

    /// <summary>Of <c>replacement_gates.cuh</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct GateTokens
    {
        public CudaTokens Z, GZ;
        public int Width, IsPositive;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments_<TInput>
        where TInput : unmanaged
    {
        public CudaChain.Argument Chain;
        public TInput Input;
        public CudaTokens H, GH;
        public IntPtr Initial, Last, Marks;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Gradients<TInput>
        where TInput : unmanaged
    {
        public Arguments_<TInput> Given;
        public IntPtr GLast;
    }
}
