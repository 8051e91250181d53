namespace Sequence.Tasks;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014): random bits from a key alone, the same on every machine and in every version, so that an order of data
/// or a made example is a function of its seed and number and needs no state in a checkpoint.
/// </summary>
public struct SplitMix
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>The stream of a seed and a number within it: an epoch, a step, an example.</summary>
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

    /// <summary>Leaves out the next <paramref name="count"/> draws, at once.</summary>
    public void Skip(long count) => _state += Golden * (ulong)count;

    /// <summary>A number from 0 to <paramref name="limit"/> - 1; the bias of a product's upper half is below limit / 2^64.</summary>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)Math.BigMul(Next(), (ulong)limit, out _);
    }

    /// <summary>Fisher-Yates.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
