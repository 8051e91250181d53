using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// The two passes of a diagonal recurrence over [B, T, D], real or complex, on a GPU (<c>diagonal_scan.cu</c>), as <see cref="Diagonal.DiagonalPass{T, TStored}"/> and
/// <see cref="Diagonal.ComplexDiagonalPass{T, TStored}"/> are on the CPU. Each input is read once and each output written once; gradients read their inputs and h once more.
/// </summary>
/// <param name="input">The source that says where a and b come from: "log_decays.cuh".</param>
/// <param name="steps">Tokens that a thread holds in registers, as many as leave none of them to memory.</param>
/// <param name="parts">How many numbers a state is: one, or two for a complex one.</param>
internal sealed class CudaDiagonal(string input, int steps, int parts)
{
    // one token: a thread a channel, in blocks small enough for one row to take several multiprocessors
    private const int StepThreads = 128;

    /// <summary>What it is compiled from.</summary>
    public CudaProgram Program { get; } = new("diagonal_scan.cu", element => [$"INPUT=\"{input}\"", .. CudaChain.Definitions(Steps(element, steps))]);

    /// <summary>a = e^l, and b as it is.</summary>
    public static CudaDiagonal LogDecays { get; } = new("log_decays.cuh", steps: 16, parts: 1);

    /// <summary>a = 1 - p and b = p g(x).</summary>
    public static CudaDiagonal ReplacementGates { get; } = new("replacement_gates.cuh", steps: 12, parts: 1);

    /// <summary>Complex a and b as they are.</summary>
    public static CudaDiagonal ComplexDecays { get; } = new("complex_decays.cuh", steps: 8, parts: 2);

    /// <summary>a = (1 - p) e^(i theta) and b = p u.</summary>
    public static CudaDiagonal RotationGates { get; } = new("rotation_gates.cuh", steps: 8, parts: 2);

    /// <summary>h [B, T, D] and the last h, [B, D] or [2, B, D].</summary>
    /// <param name="from">What <c>Input</c> of the source has.</param>
    /// <param name="initial">h before the first token.</param>
    /// <param name="marks">[B, T]; null or empty where no token is marked.</param>
    /// <param name="h">Where to.</param>
    /// <param name="last">Where to.</param>
    public void Forward<TInput>(TInput from, Tensor initial, Tensor? marks, CudaNumbers h, Tensor last)
        where TInput : unmanaged
    {
        if (h.Like.numel() == 0)
        {
            last.copy_(initial);
            return;
        }

        var shape = h.Like.shape;
        if (shape[1] == 1)
        {
            Program.On(h.Like).Launch("step", ((shape[0] * shape[2] + StepThreads - 1) / StepThreads, 1), StepThreads, Arguments(CudaChain.OfOne(shape), from, initial, marks, h, last));
            return;
        }

        using var chain = new CudaChain(shape, Steps(h.Like.dtype, steps), parts, last);
        Program.On(h.Like).Launch("forward", chain.Blocks, CudaChain.Threads, Arguments(chain.Given, from, initial, marks, h, last));
    }

    /// <summary>The gradients to a and b, where <paramref name="from"/> says, and to the first h.</summary>
    /// <param name="from">What <c>Input</c> of the source has.</param>
    /// <param name="initial">h before the first token.</param>
    /// <param name="marks">[B, T]; null or empty where no token is marked.</param>
    /// <param name="h">As the forward pass gave it.</param>
    /// <param name="gh">The gradient to it.</param>
    /// <param name="gLast">The gradient to the last h.</param>
    /// <param name="gInitial">Where that to the first h goes.</param>
    public void Backward<TInput>(TInput from, Tensor initial, Tensor? marks, CudaNumbers h, CudaNumbers gh, Tensor gLast, Tensor gInitial)
        where TInput : unmanaged
    {
        if (h.Like.numel() == 0)
        {
            gInitial.copy_(gLast);
            return;
        }

        using var chain = new CudaChain(h.Like.shape, Steps(h.Like.dtype, steps), parts, gInitial);
        Program.On(h.Like).Launch("backward", chain.Blocks, CudaChain.Threads, new Gradients<TInput>
        {
            Given = Arguments(chain.Given, from, initial, marks, h, gInitial) with { GH = gh.Tokens },
            GLast = CudaMemory.Address(gLast),
        });
    }

    private static Arguments_<TInput> Arguments<TInput>(CudaChain.Argument chain, TInput from, Tensor initial, Tensor? marks, CudaNumbers h, Tensor last)
        where TInput : unmanaged => new()
        {
            Chain = chain, Input = from, H = h.Tokens, Initial = CudaMemory.Address(initial), Last = CudaMemory.Address(last), Marks = CudaMemory.Address(marks),
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

    /// <summary>Of <c>complex_decays.cuh</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ComplexDecayTokens
    {
        public CudaNumbers.Argument A, B, GA, GB;
        public CudaTokens GAReWide, GAImWide;
    }

    /// <summary>Of <c>rotation_gates.cuh</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RotationTokens
    {
        public CudaTokens Z, GZ;
        public long Width;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments_<TInput>
        where TInput : unmanaged
    {
        public CudaChain.Argument Chain;
        public TInput Input;
        public CudaNumbers.Argument H, GH;
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
