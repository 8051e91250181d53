using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>Entries as a policy sees them; what it does not ask for is not made.</summary>
internal sealed class EntryView(
    EntryLayout layout, Tensor positions, Tensor seen, Func<Tensor> keys, Func<Tensor> values, Func<EntrySignal, Tensor> signal, bool isPrefill) : CacheView
{
    /// <inheritdoc/>
    public override Tensor Positions => positions;

    /// <inheritdoc/>
    public override Tensor Seen => seen;

    /// <inheritdoc/>
    public override Tensor Keys => keys();

    /// <inheritdoc/>
    public override Tensor Values => values();

    /// <inheritdoc/>
    public override bool IsPrefill => isPrefill;

    /// <inheritdoc/>
    public override Tensor Signal(EntrySignal asked)
    {
        if (!layout.Policy!.Signals.Contains(asked))
            throw new InvalidOperationException($"The policy asks for {asked}, which it has not declared: list it in {nameof(CachePolicy.Signals)}.");
        return asked is EntrySignal.Noise noise ? EntryNoise.Of(noise.Seed, positions) : signal(asked);
    }

    /// <inheritdoc/>
    public override Tensor Room(CacheBudget budget, Tensor seen) => EntryRoom.Of(layout, budget, seen);
}
