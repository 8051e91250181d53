using System.Numerics;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>
/// A tree over tokens whose training scan is its own, while steps follow the definition: the prefix of i nodes is the fold, from the left, of the
/// complete subtrees that the binary digits of i name, highest first. Sound unless a part of the scan is replaced.
/// <code>
/// y_t = s_t + W x_t,  s_t = x_0 Agg ... Agg x_(t-1) with the brackets of the Blelloch tree, s_0 = 0        [B, T, D]
/// </code>
/// </summary>
internal sealed class StaticTree : SequenceMixer
{
    [ComponentName(Name = "inward")]
    private readonly Linear _inward;

    [ComponentName(Name = "aggregator")]
    private readonly TanhTree _aggregator;

    private readonly int _width;

    public StaticTree(int width) : base("static-tree")
    {
        _width = width;
        _inward = nn.Linear(width, width);
        _aggregator = new TanhTree(width);
        RegisterComponents();
    }

    /// <summary>e_k[2j + 1] from e_(k+1)[j] [B, n, D], of which the first is the identity, and node_k[2j] [B, n, D].</summary>
    public Func<StaticTree, Tensor, Tensor, Tensor> OddPrefixes { get; init; } = (tree, above, nodes) => cat(new[]
    {
        nodes.narrow(1, 0, 1), tree.Aggregate(above.narrow(1, 1, above.shape[1] - 1), nodes.narrow(1, 1, nodes.shape[1] - 1)),
    }, 1);

    public override StateCost Cost => new(StateGrowth.Linear, sizeof(long), _width * _inward.weight!.element_size());

    /// <summary>Agg, node by node: [B, n, D].</summary>
    public Tensor Aggregate(Tensor earlier, Tensor later) => _aggregator.Aggregate(new(earlier.unsqueeze(2)), new(later.unsqueeze(2))).Vectors.squeeze(2);

    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        var nodes = _inward.forward(x);
        if (context.Starts is null)
            return nodes + Scan(nodes);
        return stack(Enumerable.Range(0, (int)x.shape[0]).Select(row => Packed(nodes[row].unsqueeze(0), Begins(context.Starts[row]))).ToArray(), 0);
    }

    public override MixerState CreateState(int batch) => new StaticTreeState(
        new long[batch], zeros([batch, 0, _width], _inward.weight!.dtype, _inward.weight.device), zeros([batch], int64, _inward.weight.device));

    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
    {
        var past = (StaticTreeState)state;
        var nodes = _inward.forward(x);
        var y = nodes.clone();
        var begins = past.Begins.cpu().data<long>().ToArray();
        var rows = new List<Tensor>();
        for (var row = 0; row < past.Batch; row++)
        {
            var (seen, length) = (past.Positions[row], context.LengthOf(row, x.shape[1]));
            var all = cat(new[] { past.Nodes[row].narrow(0, 0, seen), nodes[row].narrow(0, 0, length) }, 0);
            for (var t = 0L; t < length; t++)
            {
                if (context.Starts is { } starts && starts[row, t].Equals(tensor(true, device: starts.device)))
                    begins[row] = seen + t;
                if (seen + t > begins[row])
                    y[row, t] = nodes[row, t] + Prefix(all.narrow(0, begins[row], seen + t - begins[row]));
            }

            rows.Add(all);
            past.Positions[row] += length;
        }

        past.Become(rows, begins);
        return y;
    }

    private static long[] Begins(Tensor starts) => [.. starts.nonzero().flatten().cpu().data<long>().Prepend(0).Distinct(), starts.shape[0]];

    private Tensor Packed(Tensor nodes, long[] begins) =>
        nodes[0] + cat(begins.Zip(begins.Skip(1)).Select(document => Scan(nodes.narrow(1, document.First, document.Second - document.First))[0]).ToArray(), 0);

    /// <summary>Exclusive prefixes, level by level: [B, n, D], zero at 0.</summary>
    private Tensor Scan(Tensor nodes)
    {
        var (B, n) = (nodes.shape[0], nodes.shape[1]);
        if (n == 1)
            return zeros_like(nodes);
        if (n % 2 == 1)
            return Scan(cat(new[] { nodes, zeros_like(nodes.narrow(1, 0, 1)) }, 1)).narrow(1, 0, n);

        var pairs = nodes.view(B, n / 2, 2, _width);
        var above = Scan(Aggregate(pairs.select(2, 0), pairs.select(2, 1)));
        return stack([above, OddPrefixes(this, above, pairs.select(2, 0))], 2).view(B, n, _width);
    }

    /// <summary>The prefix over nodes [n, D], n >= 1: the complete subtree of the highest digit of n, then what is left.</summary>
    private Tensor Prefix(Tensor nodes)
    {
        Tensor? prefix = null;
        for (var left = nodes.shape[0]; left > 0;)
        {
            var size = 1L << BitOperations.Log2((ulong)left);
            var subtree = nodes.narrow(0, nodes.shape[0] - left, size).unsqueeze(0);
            while (subtree.shape[1] > 1)
            {
                var pairs = subtree.view(1, subtree.shape[1] / 2, 2, _width);
                subtree = Aggregate(pairs.select(2, 0), pairs.select(2, 1));
            }

            prefix = prefix is null ? subtree : Aggregate(prefix, subtree);
            left -= size;
        }

        return prefix!.view(_width);
    }
}
