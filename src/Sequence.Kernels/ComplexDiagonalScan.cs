using Sequence.Kernels.Registry;
using TorchSharp;
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
        "complex-diagonal-scan", "tree scan in tensor operations", new KernelForm("fused complex diagonal scan", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>The form that is preferred and takes the tensors: fused on the CPU, the tree elsewhere.</summary>
    /// <returns>h, [B, T, D].</returns>
    public static ComplexTensor Run(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null) =>
        Kernel.Fuses(b.Re, FusedComplexDiagonalScan.Refusal(b)) ? FusedComplexDiagonalScan.Run(a, b, initial) : Tree(a, b, initial);

    /// <summary>The meaning: one token after the other.</summary>
    public static ComplexTensor Fold(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null) => DiagonalRecurrence.Fold(a, b, initial);

    /// <summary>The parallel form, O(T) work and O(log T) depth in tensor operations, on any device.</summary>
    public static ComplexTensor Tree(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null) => DiagonalRecurrence.Tree(a, b, initial);
}
