using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>
/// The first s entries and the last R - s.
/// <code>
/// lifetime_j = infinite                 j &lt; min(s, R)
///              j + max(0, R - s) - 1    else
/// </code>
/// </summary>
internal static class Window
{
    // more than any sequence has tokens, and little enough to add positions to
    private const long Endless = 1L << 48;

    /// <summary>Lifetimes, [B, Hkv or 1, n] int64.</summary>
    /// <param name="view">The entries.</param>
    /// <param name="budget">What R is made of.</param>
    /// <param name="sinks">s.</param>
    public static Tensor Lifetimes(CacheView view, CacheBudget budget, long sinks)
    {
        var j = view.Positions;
        if (budget.Ratio is not null)
            return SurvivalOfTheBest.Lifetimes(view, j.to(float64).masked_fill(j < sinks, double.PositiveInfinity), budget);

        var R = view.Room(budget).clamp_max(Endless);
        var lifetimes = j + (R - sinks).clamp_min(0) - 1;
        return sinks == 0 ? lifetimes : where(j < R.clamp_max(sinks), full_like(lifetimes, long.MaxValue), lifetimes);
    }
}
