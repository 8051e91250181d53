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

    /// <summary>Of outputs made from a state against those of a whole sequence, in float32 and float64: root mean square of the difference beside that of the outputs.</summary>
    public const double Cached = 1e-3;

    /// <summary>Of what an FFT in float32 carries from later tokens to earlier outputs, relative to the largest output.</summary>
    public const double Fft = 1e-6;

    /// <summary>Of a derivative against central differences in float64: relative to each, and in each.</summary>
    public const double Derivative = 1e-6;

    /// <summary>
    /// Of a layer's outputs in bfloat16, relative to the largest: 8 bits of a number are kept, so that each rounding takes up to 1 / 256 of it, and a layer rounds
    /// several times in a row, where two ways to compute it do in other places.
    /// </summary>
    public const double BFloat16 = 4e-2;

    /// <summary>Of a layer's gradients in float32 against those in float64, relative to the largest.</summary>
    public const double Float32Gradient = 3e-4;

    /// <summary>Of a layer's gradients in bfloat16 against those in float64, relative to the largest: roundings forth and back.</summary>
    public const double BFloat16Gradient = 1e-1;

    /// <summary>A layer's relative and absolute tolerance in an element type.</summary>
    public static (double Relative, double Absolute) Layer(ScalarType dtype) =>
        dtype == ScalarType.Float64 ? (Float64, Float64) : (LayerRelative, LayerAbsolute);

    /// <summary>Of a scan in an element type against the sequential fold in float64, relative to the largest number.</summary>
    public static double ScanIn(ScalarType dtype) => dtype == ScalarType.BFloat16 ? BFloat16 : Scan;

    /// <summary>Of outputs made from a state against those of a whole sequence, in an element type: root mean square of the difference beside that of the outputs.</summary>
    public static double CachedIn(ScalarType dtype) => dtype == ScalarType.BFloat16 ? BFloat16 : Cached;

    /// <summary>Of gradients in an element type against those in float64, relative to the largest.</summary>
    public static double GradientIn(ScalarType dtype) => dtype == ScalarType.BFloat16 ? BFloat16Gradient : Float32Gradient;
}
