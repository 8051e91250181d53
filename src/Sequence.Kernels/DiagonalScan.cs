using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The inclusive scan of a real diagonal recurrence,
/// <code>h_t = e^(l_t) h_(t-1) + b_t        l, b, h: [B, T, ...], elementwise, l broadcast against b; h_(-1): [B, ...], zero where not given</code>
/// in forms that compute the same function and the same gradients. A document starts where l_t is minus infinity; a padded position is l_t = 0, b_t = 0.
/// No logarithms are subtracted, so that minus infinity gives neither a NaN nor a gradient.
/// </summary>
public static class DiagonalScan
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "diagonal-scan",
        "tree scan in tensor operations",
        KernelForm.OnBoth("fused diagonal scan", [CudaDiagonal.LogDecays.Program, CudaDiagonal.ReplacementGates.Program], ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>The form that is preferred and takes the tensors: fused on the CPU and on a GPU, else the tree.</summary>
    /// <returns>h, [B, T, ...].</returns>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static Tensor Run(Tensor log, Tensor input, Tensor? initial = null)
    {
        if (Kernel.Fuses(input, FusedDiagonalScan.Refusal(input)))
            return FusedDiagonalScan.Run(log, input, initial);
        var state = StateElement.Of(input.dtype);
        (log, initial) = Held(log, input, initial);
        return Tree(log.to(state), input.to(state), initial?.to(state)).to(input.dtype);
    }

    /// <summary>The meaning: one token after the other.</summary>
    public static Tensor Fold(Tensor log, Tensor input, Tensor? initial = null) =>
        DiagonalRecurrence.Fold(Real(log.exp()), Real(input), initial is null ? null : Real(initial)).Values;

    /// <summary>The parallel form, O(T) work and O(log T) depth in tensor operations, on any device.</summary>
    public static Tensor Tree(Tensor log, Tensor input, Tensor? initial = null) =>
        DiagonalRecurrence.Tree(Real(log.exp()), Real(input), initial is null ? null : Real(initial)).Values;

    /// <summary>l, of as many axes as b, and h_(-1), [B, ...], held against b.</summary>
    internal static (Tensor Log, Tensor? Initial) Held(Tensor log, Tensor input, Tensor? initial)
    {
        var axes = Shapes.Letters(input);
        var shapes = new Shapes(Kernel.Name);
        shapes.Is(input, axes);
        return (shapes.Fits(log, axes), shapes.SpreadAny(initial, axes.Replace(" T", "", StringComparison.Ordinal)));
    }

    private static RealTensor Real(Tensor values) => new(values);
}
