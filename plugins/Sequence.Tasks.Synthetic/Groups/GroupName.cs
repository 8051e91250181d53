using System.Globalization;

namespace Sequence.Tasks.Synthetic.Groups;

/// <summary>Names of groups: <c>s5</c>, <c>a5</c>, <c>z60</c>, and products of them joined by <c>x</c>, such as <c>a4xz5</c>.</summary>
internal static class GroupName
{
    /// <summary>What a name may be, for messages.</summary>
    public static string Forms { get; } = $"s3 to s6 (all permutations), a3 to a6 (the even ones), z2 to z{FiniteGroup.MaxOrder} (sums modulo n), or a product of them such as a4xz5, of at most {FiniteGroup.MaxOrder} elements";

    /// <summary>The group of a name; null where there is none.</summary>
    public static FiniteGroup? Find(string name)
    {
        FiniteGroup? group = null;
        foreach (var part in name.Split('x'))
        {
            if (Factor(part) is not { } factor || (group?.Order ?? 1) * factor.Order > FiniteGroup.MaxOrder)
                return null;
            group = group is null ? factor : FiniteGroup.Product(group, factor);
        }

        return group;
    }

    private static FiniteGroup? Factor(string name) =>
        name.Length > 1 && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? (name[0], n) switch
            {
                ('s', >= 3 and <= 6) => FiniteGroup.Symmetric(n),
                ('a', >= 3 and <= 6) => FiniteGroup.Alternating(n),
                ('z', >= 2 and <= FiniteGroup.MaxOrder) => FiniteGroup.Cyclic(n),
                _ => null,
            }
            : null;
}
