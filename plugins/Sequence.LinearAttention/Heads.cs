using static TorchSharp.torch;

namespace Sequence.LinearAttention;

/// <summary>Vectors as heads.</summary>
internal static class Heads
{
    /// <summary>[B, T, H K] -> [B, T, H, K].</summary>
    public static Tensor Split(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, x.shape[2] / heads);

    /// <summary>v [B, T, H, V] with a last column of ones, through which a state of outer products also sums its keys.</summary>
    public static Tensor WithOnes(Tensor v) => cat(new[] { v, ones([.. v.shape[..^1], 1], v.dtype, v.device) }, -1);

    /// <summary>Refuses heads that do not fit.</summary>
    /// <param name="heads">H.</param>
    /// <param name="width">What they share.</param>
    /// <param name="what">What that is, in words.</param>
    /// <exception cref="ArgumentException">H does not divide it.</exception>
    public static void Require(int heads, int width, string what)
    {
        if (width % heads != 0)
            throw new ArgumentException($"heads: {heads} does not divide the {what} {width}.");
    }
}
