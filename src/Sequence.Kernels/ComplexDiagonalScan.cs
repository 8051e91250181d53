using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The inclusive scan of a complex diagonal recurrence,
/// <code>h_t = a_t h_(t-1) + b_t        a, b, h: [B, T, D] complex, elementwise; h_(-1): [B, D], zero where not given</code>
/// in three forms that compute the same function and the same gradients. A document starts where a_t = 0; a padded position is a_t = 1, b_t = 0.
/// </summary>
public static class ComplexDiagonalScan
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "complex-diagonal-scan",
        "tree scan in tensor operations",
        KernelForm.OnBoth("fused complex diagonal scan", [CudaDiagonal.ComplexDecays.Program, CudaDiagonal.RotationGates.Program], ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>The form that is preferred and takes the tensors: fused on the CPU and on a GPU, else the tree.</summary>
    /// <returns>h, [B, T, D].</returns>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static ComplexTensor Run(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null)
    {
        if (Kernel.Fuses(b.Re, FusedComplexDiagonalScan.Refusal(b)))
            return FusedComplexDiagonalScan.Run(a, b, initial);
        var (element, state) = (b.Re.dtype, StateElement.Of(b.Re.dtype));
        (a, initial) = Held(a, b, initial);
        ComplexTensor InStates(ComplexTensor x) => x.Each(part => part.to(state));
        return Tree(InStates(a), InStates(b), initial is { } before ? InStates(before) : null).Each(part => part.to(element));
    }

    /// <summary>The meaning: one token after the other.</summary>
    public static ComplexTensor Fold(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null) => DiagonalRecurrence.Fold(a, b, initial);

    /// <summary>The parallel form, O(T) work and O(log T) depth in tensor operations, on any device.</summary>
    public static ComplexTensor Tree(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null) => DiagonalRecurrence.Tree(a, b, initial);

    /// <summary>a, whose parts share rows and tokens alike or not at all, and h_(-1), [B, D], held against b.</summary>
    internal static (ComplexTensor A, ComplexTensor? Initial) Held(ComplexTensor a, ComplexTensor b, ComplexTensor? initial)
    {
        var shapes = new Shapes(Kernel.Name);
        shapes.Is(b.Re, "B T D");
        shapes.Is(b.Im, "B T D");
        var (re, im) = (shapes.Fits(a.Re, "B T D"), shapes.Fits(a.Im, "B T D"));
        if (!re.shape.AsSpan().SequenceEqual(im.shape))
            (re, im) = (shapes.Spread(re, "B T D"), shapes.Spread(im, "B T D"));
        return (new(re, im), initial?.Each(part => shapes.Spread(part, "B D", nameof(initial))));
    }
}
