using Sequence.Tasks.Synthetic.Groups;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>
/// A word over a group and its running product: tokens g_1..g_T are elements, independent and uniform, and the targets
/// <code>
/// s_0 = e        s_t = s_(t-1) g_t
/// </code>
/// For permutations s_t is s_(t-1) after g_t: s_t[j] = s_(t-1)[g_t[j]].
/// </summary>
internal sealed class WordRule
{
    // A few elements are the first ones of an order in which they tend to generate the whole group, which the first by number do not:
    // those of S5 leave a thing in its place.
    private const long Order = 0x6F72646572;

    private readonly FiniteGroup _group;
    private readonly LengthRange _lengths;
    private readonly int[] _elements;

    /// <summary>A rule for words of <paramref name="lengths"/>, each as likely, over <paramref name="elements"/> of the group.</summary>
    public WordRule(FiniteGroup group, LengthRange lengths, int elements)
    {
        (_group, _lengths) = (group, lengths);
        _elements = [.. Enumerable.Range(0, group.Order)];
        new SplitMix(Order, group.Order).Shuffle(_elements.AsSpan());
        _elements = _elements[..Math.Min(elements, group.Order)];
    }

    /// <summary>Length of word <paramref name="n"/> of a seed.</summary>
    public int LengthOf(long seed, long n)
    {
        var random = new SplitMix(seed, n);
        return Length(ref random);
    }

    /// <summary>Word <paramref name="n"/> of a seed.</summary>
    public Example Word(long seed, long n)
    {
        var random = new SplitMix(seed, n);
        var T = Length(ref random);
        var (tokens, targets) = (new long[T], new long[T]);
        var product = 0;
        for (var t = 0; t < T; t++)
        {
            var element = _elements[random.Below(_elements.Length)];
            product = _group.Multiply(product, element);
            (tokens[t], targets[t]) = (element, product);
        }

        return new Example(tokens, targets);
    }

    private int Length(ref SplitMix random) => _lengths.Min + random.Below(_lengths.Max - _lengths.Min + 1);
}
