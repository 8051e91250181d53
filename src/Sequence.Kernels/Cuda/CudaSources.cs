using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>Every program there is, with the macros of every use of it.</summary>
internal static class CudaSources
{
    private static readonly ScalarType[] _elements = [ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16];

    /// <summary>The programs.</summary>
    public static IEnumerable<CudaSource> All => _elements.SelectMany(element => (CudaSource[])
    [
        CudaDiagonal.LogDecays.Source(element),
        CudaDiagonal.ReplacementGates.Source(element),
    ]);
}
