namespace Sequence.Tasks.Synthetic.Needles;

/// <summary>
/// A haystack: T tokens of noise, independent and uniform, and in one of its first places a needle that tells the class.
/// <code>
/// c uniform in 0..C-1      r uniform in 0..R-1      i uniform in 0..places-1
/// x_i = first + R c + r    x_t = noise for t != i
/// </code>
/// No needle is ever noise.
/// </summary>
internal sealed class NeedleRule(NeedleOptions options)
{
    private readonly int _places = options.NeedlePlaces ?? Math.Max(1, options.Length / 10);

    /// <summary>Tokens T of every haystack.</summary>
    public int Length => options.Length;

    /// <summary>Haystack <paramref name="n"/> of a stream.</summary>
    public Example Haystack(long stream, long n)
    {
        var random = new SplitMix(stream, n);
        var c = random.Below(options.Classes);
        var needle = options.FirstNeedle + options.NeedlesPerClass * c + random.Below(options.NeedlesPerClass);
        var place = random.Below(_places);
        var tokens = new long[Length];
        foreach (ref var token in tokens.AsSpan())
            token = options.FirstNoise + random.Below(options.NoiseTokens);
        tokens[place] = needle;
        return new Example(tokens, [c]);
    }
}
