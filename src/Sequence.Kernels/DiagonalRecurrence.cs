using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The inclusive scan of an elementwise recurrence in tensor operations, h_t = a_t h_(t-1) + b_t, for real and complex numbers alike:
/// a, b, h [B, T, ...] with a broadcast against b, h_(-1) [B, ...], zero where not given.
/// </summary>
internal static class DiagonalRecurrence
{
    /// <summary>The meaning: one token after the other.</summary>
    public static TNumber Fold<TNumber>(TNumber a, TNumber b, TNumber? initial)
        where TNumber : struct, IElementwise<TNumber>
    {
        if (b.Shape[1] == 0)
            return b;
        var h = initial;
        var steps = new List<TNumber>();
        foreach (var (a_t, b_t) in Whole(a, b).Unbind(1).Zip(b.Unbind(1)))
        {
            h = h is { } before ? a_t * before + b_t : b_t;
            steps.Add(h.Value);
        }

        return TNumber.Join(steps, parts => stack(parts, 1));
    }

    /// <summary>
    /// The parallel form, O(T) work and O(log T) depth, on any device. Two neighbours compose to one step,
    /// <code>(a_1, b_1) then (a_2, b_2) = (a_2 a_1, a_2 b_1 + b_2)</code>
    /// so the scan over pairs gives h at odd t, and one more step gives it at even t.
    /// </summary>
    public static TNumber Tree<TNumber>(TNumber a, TNumber b, TNumber? initial)
        where TNumber : struct, IElementwise<TNumber>
    {
        var T = b.Shape[1];
        if (initial is { } before)
        {
            var first = Slice(a, 0, 1) * before.Each(part => part.unsqueeze(1)) + Slice(b, 0, 1);
            b = T == 1 ? first : TNumber.Join([first, Slice(b, 1, T)], parts => cat(parts, 1));
        }

        return Pairs(Whole(a, b), b);
    }

    private static TNumber Pairs<TNumber>(TNumber a, TNumber b)
        where TNumber : struct, IElementwise<TNumber>
    {
        var T = b.Shape[1];
        if (T <= 1)
            return b;

        var n = T / 2;
        var (a_even, b_even) = (Slice(a, 0, 2 * n, 2), Slice(b, 0, 2 * n, 2));
        var (a_odd, b_odd) = (Slice(a, 1, 2 * n, 2), Slice(b, 1, 2 * n, 2));
        var h_odd = Pairs(a_odd * a_even, a_odd * b_even + b_odd);

        // h at 0, 2, 4, ...: one step on from h at 1, 3, ...; there are n of them, or n + 1 where T is odd
        var h_first = Slice(b, 0, 1);
        var h_even = T == 2
            ? h_first
            : TNumber.Join([h_first, Slice(a, 2, T, 2) * Slice(h_odd, 0, (T - 1) / 2) + Slice(b, 2, T, 2)], parts => cat(parts, 1));

        var h = TNumber.Join([Slice(h_even, 0, n), h_odd], parts => stack(parts, 2).flatten(1, 2));
        return T == 2 * n ? h : TNumber.Join([h, Slice(h_even, n, n + 1)], parts => cat(parts, 1));
    }

    /// <summary>a with as many tokens as b: one may stand for all.</summary>
    private static TNumber Whole<TNumber>(TNumber a, TNumber b)
        where TNumber : struct, IElementwise<TNumber>
        => a.Each(part => part.shape[1] == b.Shape[1] ? part : part.expand([part.shape[0], b.Shape[1], .. part.shape[2..]]));

    private static TNumber Slice<TNumber>(TNumber x, long start, long finish, long step = 1)
        where TNumber : struct, IElementwise<TNumber>
        => x.Each(part => part.slice(1, start, finish, step));
}
