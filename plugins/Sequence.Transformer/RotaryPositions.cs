using static TorchSharp.torch;

namespace Sequence.Transformer;

/// <summary>
/// Rotary positions (arXiv 2104.09864): pairs of channels (k, k + K/2) of a query or a key at position n turn by n base^(-2k/K), so that
/// their product depends on the distance between the two only.
/// </summary>
public static class RotaryPositions
{
    /// <summary>Turns x, [B, H, T, K], by its positions, [B or 1, T] int64, or [B, H, T] where heads have their own.</summary>
    public static Tensor Rotate(Tensor x, Tensor positions, double rotaryBase) => At(positions, x.shape[^1], rotaryBase, x.dtype)(x);

    /// <summary>The turn at positions, for as many x as there are.</summary>
    /// <param name="positions">[B or 1, T] int64, or [B, H, T].</param>
    /// <param name="K">Width of a head.</param>
    /// <param name="rotaryBase">Base of the wavelengths.</param>
    /// <param name="dtype">Element type of x.</param>
    public static Func<Tensor, Tensor> At(Tensor positions, long K, double rotaryBase, ScalarType dtype)
    {
        // angles in float64: at position 100 000 a float32 angle is off by more than a hundredth
        var k = arange(0, K, 2, ScalarType.Float64, positions.device);
        var angles = positions.to(ScalarType.Float64).unsqueeze(-1) * (k * (-Math.Log(rotaryBase) / K)).exp();
        if (positions.dim() == 2)
            angles = angles.unsqueeze(1);
        var (cos, sin) = (angles.cos().to(dtype), angles.sin().to(dtype));
        return x =>
        {
            var halves = x.chunk(2, -1);
            return cat(new[] { halves[0] * cos - halves[1] * sin, halves[1] * cos + halves[0] * sin }, -1);
        };
    }
}
