namespace Sequence.Framework.Training;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014): random bits from a key alone, the same on every machine and in every version, so that a run's order
/// of data is a function of its seed and needs no state in a checkpoint.
/// </summary>
internal struct SplitMix
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>The stream of a seed and a number within it: an epoch, a step.</summary>
    public SplitMix(long seed, long number)
    {
        _state = (ulong)seed;
        _state = Next() ^ (ulong)number;
        _state = Next();
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += Golden;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Fisher-Yates; the bias of a product's upper half is below n / 2^64.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = (int)Math.BigMul(Next(), (ulong)i + 1, out _);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
