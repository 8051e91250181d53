namespace Sequence.Tasks.Text.Reading;

/// <summary>
/// A draw of rows without replacement, the same on every machine and in every version of the runtime: a task's rows are part of its meaning.
/// The first steps of a Fisher-Yates shuffle on the bits of SplitMix64 (Steele, Lea, Flood 2014).
/// </summary>
internal struct RowDraw(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>Draws <paramref name="wanted"/> of the rows 0 to <paramref name="rows"/> - 1.</summary>
    public static HashSet<int> Of(int rows, int wanted, ulong seed)
    {
        var draw = new RowDraw(seed);
        var order = Enumerable.Range(0, rows).ToArray();
        for (var i = 0; i < wanted; i++)
        {
            var j = i + draw.Below(rows - i);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return [.. order.Take(wanted)];
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1; the bias of a product's upper half is below limit / 2^64.</summary>
    private int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    private ulong Next()
    {
        _state += Golden;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
