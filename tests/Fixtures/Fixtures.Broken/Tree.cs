using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>
/// The smallest layer with a learned tree, sound unless its operator is replaced:
/// <code>
/// Enc(C) = sum_t W x_t                          [B, N, 1, D]
/// a Agg b = tanh(P a + Q b)
/// Inf(s, C)_t = s + sum_(u &lt;= t) W x_u      [B, N, c, D], s = 0 where there is none
/// </code>
/// </summary>
internal sealed class Tree : PrefixLayer<ChunkState>
{
    [ComponentName(Name = "inward")]
    private readonly Linear _inward;

    [ComponentName(Name = "aggregator")]
    private readonly Aggregator _aggregator;

    public Tree(int width, Aggregator aggregator) : base("tree")
    {
        _inward = nn.Linear(width, width, hasBias: false);
        _aggregator = aggregator;
        RegisterComponents();
    }

    public override int ChunkSize => 2;

    public override IAggregationOperator<ChunkState> Aggregator => _aggregator;

    public override long OpenBytes => _inward.out_features * _inward.weight!.element_size();

    public override ChunkState Encode(Tensor chunks) => new(_inward.forward(chunks).sum(2, keepdim: true));

    public override Tensor Infer(ChunkState? prefixes, Tensor chunks)
    {
        var sums = _inward.forward(chunks).cumsum(2);
        return prefixes is null ? sums : prefixes.Vectors + sums;
    }

    public override MixerState Open(ChunkState? prefix, int batch) => new LeakyState(
        new long[batch], prefix?.Vectors.flatten(1, 2).squeeze(1).clone() ?? zeros([batch, _inward.out_features], _inward.weight!.dtype, _inward.weight.device));

    public override Tensor Continue(Tensor x, SequenceContext context, MixerState chunk)
    {
        var sum = (LeakyState)chunk;
        var inputs = _inward.forward(x);
        if (context.Lengths is { } lengths)
        {
            var columns = arange(x.shape[1], device: x.device).unsqueeze(0);
            inputs = inputs.masked_fill((columns >= tensor(lengths.ToArray()).to(x.device).unsqueeze(1)).unsqueeze(-1), 0);
        }

        var y = sum.H.unsqueeze(1) + inputs.cumsum(1);
        sum.Become(y.select(1, -1), context, x.shape[1]);
        return y;
    }

    public override Tensor CreateChunk(int batch) => zeros([batch, ChunkSize, _inward.out_features], _inward.weight!.dtype, _inward.weight.device);
}
