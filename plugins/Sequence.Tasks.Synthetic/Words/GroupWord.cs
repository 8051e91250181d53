using Sequence.Tasks.Synthetic.Groups;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>
/// A word over a group and its running product: tokens g_1..g_T are elements, independent and uniform, and the targets
/// <code>
/// s_0 = e        s_t = s_(t-1) g_t
/// </code>
/// For permutations s_t is s_(t-1) after g_t: s_t[j] = s_(t-1)[g_t[j]].
/// </summary>
internal static class GroupWord
{
    /// <summary>A word of T elements.</summary>
    public static Example Draw(FiniteGroup group, int T, ref SplitMix random)
    {
        var (tokens, targets) = (new long[T], new long[T]);
        var product = 0;
        for (var t = 0; t < T; t++)
        {
            var element = random.Below(group.Order);
            product = group.Multiply(product, element);
            (tokens[t], targets[t]) = (element, product);
        }

        return new Example(tokens, targets);
    }
}
