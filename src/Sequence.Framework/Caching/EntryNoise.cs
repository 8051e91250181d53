using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// Numbers in [0, 1) that are functions of a seed, a position and a head alone: however a sequence is split, and whatever stands in the other rows, a token draws
/// the same.
/// </summary>
internal static class EntryNoise
{
    /// <summary>The draw of each entry, [B, G, n] float32.</summary>
    /// <param name="seed">Of the stream.</param>
    /// <param name="positions">[B, G, n] int64.</param>
    public static Tensor Of(long seed, Tensor positions)
    {
        using var scope = NewDisposeScope();
        var at = positions.cpu().contiguous().data<long>().ToArray();
        var (heads, columns) = ((int)positions.shape[1], (int)positions.shape[2]);
        var draws = new float[at.Length];
        for (var i = 0; i < at.Length; i++)
        {
            var stream = new SplitMix(seed, at[i]);
            for (var head = i / Math.Max(1, columns) % heads; head > 0; head--)
                stream.Next();
            draws[i] = Uniform(stream.Next());
        }

        return tensor(draws).view(positions.shape).to(positions.device).MoveToOuterDisposeScope();
    }

    /// <summary>24 random bits as a number in [0, 1): as many as a float32 tells apart.</summary>
    private static float Uniform(ulong bits) => (bits >> 40) * (1f / (1 << 24));
}
