using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.Framework.Tests.Caching;

/// <summary>The last W entries and the first s, token by token.</summary>
internal sealed class TinyWindow(long W, long s = 0, EntryPositions positions = EntryPositions.Original, EntryStorage storage = EntryStorage.Full) : CachePolicy, ILifetimePolicy
{
    public override CacheBudget Budget { get; } = CacheBudget.Of(W + s);

    public override EntryPositions Positions => positions;

    public override EntryStorage Storage => storage;

    public override Tensor Retain(CacheView view) => view.Outliving(Lifetimes(view));

    public Tensor Lifetimes(CacheView view) => where(view.Positions < s, full_like(view.Positions, long.MaxValue), view.Positions + W - 1);
}

/// <summary>The entries whose score is above a threshold, token by token: most are gone once they are read.</summary>
internal sealed class TinyThreshold(double threshold) : CachePolicy, ILifetimePolicy
{
    private static readonly EntrySignal Score = new EntrySignal.Score();

    public override IReadOnlyList<EntrySignal> Signals => [Score];

    public override Tensor Retain(CacheView view) => view.Outliving(Lifetimes(view));

    public Tensor Lifetimes(CacheView view) => where(view.Signal(Score) > threshold, full_like(view.Positions, long.MaxValue), view.Positions - 1);
}

/// <summary>The K entries of largest draw of each head, token by token.</summary>
internal sealed class TinyChance(int K) : CachePolicy, ILifetimePolicy
{
    private static readonly EntrySignal Noise = new EntrySignal.Noise(7);

    public override CacheBudget Budget { get; } = CacheBudget.Of(K);

    public override IReadOnlyList<EntrySignal> Signals => [Noise];

    public override bool PerHead => true;

    public override Tensor Retain(CacheView view) => view.Top(view.Signal(Noise), view.Room(Budget));

    // one that has j after it and K larger ones up to i is gone at i
    public Tensor Lifetimes(CacheView view)
    {
        var (draws, positions) = (view.Signal(Noise).masked_fill(view.Held.logical_not(), -1), view.Positions);
        var n = draws.shape[2];
        var better = (draws.unsqueeze(2) > draws.unsqueeze(3)).to(int64).cumsum(3);
        var later = arange(n).view(1, 1, 1, n) >= arange(n).view(1, 1, n, 1);
        var gone = (better >= K).logical_and(later).to(int64).cumsum(3).eq(0).to(int64).sum(3);
        var first = positions.narrow(2, 0, 1);
        return where(gone == n, full_like(positions, long.MaxValue), positions.gather(2, gone.clamp_max(n - 1)) - 1);
    }
}

/// <summary>The entries that drew most attention, head by head, once a call.</summary>
internal sealed class TinyAttention(int K, int? queries, bool accumulates) : CachePolicy
{
    public EntrySignal Signal { get; } = new EntrySignal.Attention(queries, accumulates);

    public override CacheBudget Budget { get; } = CacheBudget.Of(K);

    public override IReadOnlyList<EntrySignal> Signals => [Signal];

    public override bool PerHead => true;

    public override Tensor Retain(CacheView view) => view.Top(view.Signal(Signal), view.Room(Budget));
}

/// <summary>Everything, in another form.</summary>
internal sealed class TinyStorage(EntryStorage storage) : CachePolicy
{
    public override bool KeepsAll => true;

    public override EntryStorage Storage => storage;

    public override Tensor Retain(CacheView view) => view.Held;
}

/// <summary>The last entries that a budget has room for, once a call.</summary>
internal sealed class TinyBudget(CacheBudget budget) : CachePolicy
{
    public override CacheBudget Budget => budget;

    public override Tensor Retain(CacheView view) => view.Top(view.Positions.to(float64), view.Room(budget));
}
