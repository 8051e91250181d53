using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>Nodes that are names of expressions.</summary>
/// <param name="Ids">[B, N] int64.</param>
public sealed record Expression(Tensor Ids) : IScanState<Expression>
{
    public static int TensorCount => 1;

    public IReadOnlyList<Tensor> Tensors => [Ids];

    public static Expression From(IReadOnlyList<Tensor> tensors) => new(tensors[0]);
}

/// <summary>Writes brackets: a, b -> (a b). Two schedules that give the same text aggregate alike, whatever the operator.</summary>
public sealed class Brackets : IAggregationOperator<Expression>
{
    private const string Nothing = "e";

    private readonly List<string> _texts = [Nothing];
    private readonly Dictionary<string, long> _ids = new() { [Nothing] = 0 };

    /// <summary>Pairs aggregated since the last <see cref="Reset"/>, over all rows.</summary>
    public long Pairs { get; private set; }

    /// <summary>Batched calls since then.</summary>
    public long Calls { get; private set; }

    public Algebra Algebra => Algebra.ExactlyBracketed;

    public Expression Identity(Expression like) => new(zeros_like(like.Ids));

    public Expression Aggregate(Expression earlier, Expression later)
    {
        Assert.Equal(earlier.Ids.shape, later.Ids.shape);
        Calls++;
        Pairs += earlier.Ids.numel();
        return Named(earlier.Ids.shape, Texts(earlier).Zip(Texts(later), (left, right) =>
        {
            Assert.NotEqual(Nothing, left);
            Assert.NotEqual(Nothing, right);
            return $"({left} {right})";
        }));
    }

    public void Reset() => (Calls, Pairs) = (0, 0);

    /// <summary>x0, x1, ..., in one row; or x0, x1 in the first row, y0, y1 in the second, and so on.</summary>
    public Expression Leaves(int nodes, int rows = 1) =>
        Named([rows, nodes], Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, nodes).Select(node => Leaf(row, node))));

    public string[] Texts(Expression expression) => [.. expression.Ids.contiguous().data<long>().ToArray().Select(id => _texts[(int)id])];

    /// <summary>The prefix of n leaves as the Blelloch tree brackets it, by its definition: blocks of powers of two, each a balanced tree, folded from the left.</summary>
    public static string Prefix(int n, int row = 0)
    {
        string? prefix = null;
        var begin = 0;
        for (var size = 1 << 20; size > 0; size /= 2)
        {
            if ((n & size) == 0)
                continue;
            var block = Block(begin, size, row);
            prefix = prefix is null ? block : $"({prefix} {block})";
            begin += size;
        }

        return prefix ?? Nothing;
    }

    private static string Block(int begin, int size, int row) =>
        size == 1 ? Leaf(row, begin) : $"({Block(begin, size / 2, row)} {Block(begin + size / 2, size / 2, row)})";

    private static string Leaf(int row, int node) => $"{(char)('x' + row)}{node}";

    private Expression Named(long[] shape, IEnumerable<string> texts)
    {
        var ids = texts.Select(text =>
        {
            if (_ids.TryGetValue(text, out var known))
                return known;
            _texts.Add(text);
            return _ids[text] = _texts.Count - 1;
        });
        return new(tensor(ids.ToArray()).view(shape));
    }
}
