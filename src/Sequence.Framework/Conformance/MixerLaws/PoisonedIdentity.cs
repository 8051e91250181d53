using Sequence.Framework.Scans;
using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>A layer whose identity is NaN, so that every number that it goes into shows it; all else is the layer's own.</summary>
internal sealed class PoisonedIdentity<TState>(PrefixLayer<TState> layer) : PrefixLayer<TState>("poisoned"), IAggregationOperator<TState>
    where TState : class, IScanState<TState>
{
    public override int ChunkSize => layer.ChunkSize;

    public override IAggregationOperator<TState> Aggregator => this;

    public override long OpenBytes => layer.OpenBytes;

    Algebra IAggregationOperator<TState>.Algebra => layer.Aggregator.Algebra;

    public override TState Encode(Tensor chunks) => layer.Encode(chunks);

    public override Tensor Infer(TState? prefixes, Tensor chunks) => layer.Infer(prefixes, chunks);

    public override MixerState Open(TState? prefix, int batch) => layer.Open(prefix, batch);

    public override Tensor Continue(Tensor x, SequenceContext context, MixerState chunk) => layer.Continue(x, context, chunk);

    public override Tensor CreateChunk(int batch) => layer.CreateChunk(batch);

    public TState Identity(TState like) => layer.Aggregator.Identity(like).Each(tensor => full_like(tensor, double.NaN));

    public TState Aggregate(TState earlier, TState later) => layer.Aggregator.Aggregate(earlier, later);
}
