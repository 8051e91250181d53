namespace Sequence.Tasks.Synthetic.Groups;

/// <summary>A finite group as its multiplication table. Elements are 0..n-1, of which 0 is the identity.</summary>
internal sealed class FiniteGroup
{
    /// <summary>Largest order n: the table has n^2 entries, and n is the vocabulary of a task.</summary>
    public const int MaxOrder = 1_000;

    private readonly int[] _table;

    private FiniteGroup(int order, Func<int, int, int> multiply)
    {
        Order = order;
        _table = new int[order * order];
        for (var a = 0; a < order; a++)
        {
            for (var b = 0; b < order; b++)
                _table[a * order + b] = multiply(a, b);
        }
    }

    /// <summary>Number of elements n.</summary>
    public int Order { get; }

    /// <summary>a b.</summary>
    public int Multiply(int a, int b) => _table[a * Order + b];

    /// <summary>S_m: all m! permutations of m things.</summary>
    public static FiniteGroup Symmetric(int m) => Of([.. Permutation.All(m)]);

    /// <summary>A_m: the m!/2 even ones.</summary>
    public static FiniteGroup Alternating(int m) => Of([.. Permutation.All(m).Where(permutation => permutation.IsEven)]);

    /// <summary>Z_n: sums modulo n.</summary>
    public static FiniteGroup Cyclic(int n) => new(n, (a, b) => (a + b) % n);

    /// <summary>G x H: pairs, of which (g, h) is element g |H| + h.</summary>
    public static FiniteGroup Product(FiniteGroup g, FiniteGroup h) =>
        new(g.Order * h.Order, (a, b) => g.Multiply(a / h.Order, b / h.Order) * h.Order + h.Multiply(a % h.Order, b % h.Order));

    private static FiniteGroup Of(Permutation[] permutations)
    {
        var numbers = permutations.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        return new FiniteGroup(permutations.Length, (a, b) => numbers[permutations[a].After(permutations[b])]);
    }
}
