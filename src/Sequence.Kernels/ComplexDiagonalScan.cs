using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The inclusive scan of a complex diagonal recurrence,
/// <code>h_t = a_t h_(t-1) + b_t        a, b, h: [B, T, D] complex, elementwise; h_(-1): [B, D], zero where not given</code>
/// in three forms that compute the same function and the same gradients. A document starts where a_t = 0; a padded position is a_t = 1, b_t = 0.
/// </summary>
public static class ComplexDiagonalScan
{
    /// <summary>The fastest form for where the tensors are: fused on the CPU, the tree elsewhere.</summary>
    /// <returns>h, [B, T, D].</returns>
    public static ComplexTensor Run(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null) =>
        FusedComplexDiagonalScan.Takes(b) ? FusedComplexDiagonalScan.Run(a, b, initial) : Tree(a, b, initial);

    /// <summary>The form of <see cref="Run"/> on a device, in words.</summary>
    public static string FormOn(Device device, ScalarType dtype) =>
        FusedComplexDiagonalScan.Takes(device, dtype) ? "fused scan on the CPU" : "tree scan in tensor operations";

    /// <summary>The meaning: one token after the other.</summary>
    public static ComplexTensor Fold(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null)
    {
        var h = initial;
        var steps = new List<ComplexTensor>();
        for (var t = 0L; t < b.Re.shape[1]; t++)
        {
            var b_t = b.Each(part => part.select(1, t));
            h = h is null ? b_t : a.Each(part => part.select(1, t)) * h.Value + b_t;
            steps.Add(h.Value);
        }

        return ComplexTensor.Join(steps, parts => stack(parts, 1));
    }

    /// <summary>
    /// The parallel form, O(T) work and O(log T) depth in tensor operations, on any device. Two neighbours compose to one step,
    /// <code>(a_1, b_1) then (a_2, b_2) = (a_2 a_1, a_2 b_1 + b_2)</code>
    /// so the scan over pairs gives h at odd t, and one more step gives it at even t.
    /// </summary>
    public static ComplexTensor Tree(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null)
    {
        var T = b.Re.shape[1];
        if (initial is { } before)
        {
            var first = Slice(a, 0, 1) * before.Each(part => part.unsqueeze(1)) + Slice(b, 0, 1);
            b = T == 1 ? first : ComplexTensor.Join([first, Slice(b, 1, T)], parts => cat(parts, 1));
        }

        return Pairs(a, b);
    }

    private static ComplexTensor Pairs(ComplexTensor a, ComplexTensor b)
    {
        var T = b.Re.shape[1];
        if (T == 1)
            return b;

        var n = T / 2;
        var (a_even, b_even) = (Slice(a, 0, 2 * n, 2), Slice(b, 0, 2 * n, 2));
        var (a_odd, b_odd) = (Slice(a, 1, 2 * n, 2), Slice(b, 1, 2 * n, 2));
        var h_odd = Pairs(a_odd * a_even, a_odd * b_even + b_odd);

        // h at 0, 2, 4, ...: one step on from h at 1, 3, ...; there are n of them, or n + 1 where T is odd
        var h_first = Slice(b, 0, 1);
        var h_even = T == 2
            ? h_first
            : ComplexTensor.Join([h_first, Slice(a, 2, T, 2) * Slice(h_odd, 0, (T - 1) / 2) + Slice(b, 2, T, 2)], parts => cat(parts, 1));

        var h = ComplexTensor.Join([Slice(h_even, 0, n), h_odd], parts => stack(parts, 2).flatten(1, 2));
        return T == 2 * n ? h : ComplexTensor.Join([h, Slice(h_even, n, n + 1)], parts => cat(parts, 1));
    }

    private static ComplexTensor Slice(ComplexTensor x, long start, long finish, long step = 1) =>
        x.Each(part => part.slice(1, start, finish, step));
}
