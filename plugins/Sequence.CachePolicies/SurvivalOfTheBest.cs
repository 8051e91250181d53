using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>
/// Token by token, as many entries as there is room for: those of highest priority, and of equal ones the earlier. A heap that throws out its smallest. A
/// priority is known when its entry is written and stays, and room does not shrink, so what has left never returns, unless room grows and something else has held it.
/// <code>
/// held_i     = the R_i entries j &lt;= i of highest s_j             s: [B, Hkv or 1, n]
/// lifetime_j = the last i with j in held_i
/// </code>
/// O(n log R) a row and head, on the CPU.
/// </summary>
internal static class SurvivalOfTheBest
{
    /// <summary>What is held after the last token.</summary>
    /// <param name="view">The entries.</param>
    /// <param name="priority">s; an entry at minus infinity is never held.</param>
    /// <param name="budget">What R is made of.</param>
    /// <returns>[B, Hkv or 1, n] bool.</returns>
    public static Tensor Retain(CacheView view, Tensor priority, CacheBudget budget) =>
        view.IsPrefill ? view.Outliving(Lifetimes(view, priority, budget)) : view.Top(priority, view.Room(budget));

    /// <summary>When each entry leaves.</summary>
    /// <param name="view">The entries.</param>
    /// <param name="priority">s; an entry at minus infinity is never held.</param>
    /// <param name="budget">What R is made of.</param>
    /// <returns>[B, Hkv or 1, n] int64.</returns>
    public static Tensor Lifetimes(CacheView view, Tensor priority, CacheBudget budget)
    {
        var room = view.Room(budget, view.Positions + 1);
        var (B, H, n) = (priority.shape[0], Math.Max(priority.shape[1], room.shape[1]), priority.shape[2]);

        var s = priority.to(float64).cpu().expand(B, H, n).contiguous().data<double>().ToArray();
        var positions = view.Positions.cpu().expand(B, H, n).contiguous().data<long>().ToArray();
        var rooms = room.cpu().expand(B, H, n).contiguous().data<long>().ToArray();
        var lifetimes = new long[s.Length];
        for (var row = 0; row < B * H; row++)
        {
            var here = new Range((int)(row * n), (int)((row + 1) * n));
            Live(s.AsSpan(here), positions.AsSpan(here), rooms.AsSpan(here), lifetimes.AsSpan(here));
        }

        return tensor(lifetimes).view(B, H, n).to(priority.device);
    }

    private static void Live(ReadOnlySpan<double> s, ReadOnlySpan<long> positions, ReadOnlySpan<long> rooms, Span<long> lifetimes)
    {
        lifetimes.Fill(long.MaxValue);
        var held = new PriorityQueue<int, (double Priority, int Earliness)>();
        for (var j = 0; j < s.Length; j++)
        {
            var i = positions[j];
            if (i < 0 || double.IsNegativeInfinity(s[j]))
            {
                lifetimes[j] = i - 1;
                continue;
            }

            held.Enqueue(j, (s[j], -j));
            while (held.Count > rooms[j])
                lifetimes[held.Dequeue()] = i - 1;
        }
    }
}
