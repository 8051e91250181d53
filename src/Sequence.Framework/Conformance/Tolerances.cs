using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>How far two computations of the same thing may differ.</summary>
public static class Tolerances
{
    /// <summary>Of a layer's outputs in float32, relative to each.</summary>
    public const double LayerRelative = 6e-4;

    /// <summary>Of a layer's outputs in float32, in each.</summary>
    public const double LayerAbsolute = 1e-4;

    /// <summary>Of anything in float64: relative to each number, and in each.</summary>
    public const double Float64 = 1e-10;

    /// <summary>Of a scan in float32 against the sequential fold in float64, relative to the largest number.</summary>
    public const double Scan = 1e-5;

    /// <summary>Of outputs made from a state against those of a whole sequence: root mean square of the difference beside that of the outputs.</summary>
    public const double Cached = 1e-3;

    /// <summary>Of what an FFT in float32 carries from later tokens to earlier outputs, relative to the largest output.</summary>
    public const double Fft = 1e-6;

    /// <summary>Of a derivative against central differences in float64: relative to each, and in each.</summary>
    public const double Derivative = 1e-6;

    /// <summary>A layer's relative and absolute tolerance in an element type.</summary>
    public static (double Relative, double Absolute) Layer(ScalarType dtype) =>
        dtype == ScalarType.Float64 ? (Float64, Float64) : (LayerRelative, LayerAbsolute);
}
