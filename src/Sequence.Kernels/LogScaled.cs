using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>A tensor exp(m) R whose values may be too large or too small for its element type. R is at most of the size of what was added.</summary>
/// <param name="Log">m, float64, with as many dimensions as R; minus infinity for zero.</param>
/// <param name="Values">R.</param>
public readonly record struct LogScaled(Tensor Log, Tensor Values)
{
    /// <summary>Zero, with one scale for the last two dimensions.</summary>
    public static LogScaled Zero(long[] shape, ScalarType dtype, Device device) =>
        new(full([.. shape[..^2], 1, 1], double.NegativeInfinity, float64, device), zeros(shape, dtype, device));

    /// <summary>The sum with <paramref name="other"/>, on the larger scale of the two. The new scale is a constant: what it does is undone in R.</summary>
    public LogScaled Plus(LogScaled other)
    {
        var m = Log.detach().maximum(other.Log.detach());
        var unit = Finite(m);
        return new(m, (Log - unit).to(Values.dtype).exp() * Values + (other.Log - unit).to(Values.dtype).exp() * other.Values);
    }

    /// <summary>Scales as units to divide by: that of zero, which any unit fits, is 1.</summary>
    internal static Tensor Finite(Tensor scales) => scales.masked_fill(scales.isneginf(), 0);
}
