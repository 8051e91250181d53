using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>The element type of states. A state sums over a whole sequence, so it is never narrower than float32, whatever the module is.</summary>
public static class StateElement
{
    /// <summary>float64 for a module in float64, float32 for any other.</summary>
    /// <param name="dtype">The element type of the module.</param>
    public static ScalarType Of(ScalarType dtype) => dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
