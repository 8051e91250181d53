using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Lanes;

/// <summary>Functions of lanes, written once for all widths. Relative errors are of a few units in the last place.</summary>
internal static class LaneMath
{
    // 2^r is 1 + c1 r + ... + c5 r^5 in float32: of these sums the one with the smallest largest relative error in [-1/2, 1/2], 9.2e-8
    internal const double Exp2C1 = 6.931469775989534e-1, Exp2C2 = 2.4022242085026055e-1, Exp2C3 = 5.550733743401837e-2;
    internal const double Exp2C4 = 9.671512662555781e-3, Exp2C5 = 1.326472722161423e-3;

    // 1, 1/3, 1/5, ...
    private static readonly double[] InverseOdd = [.. Enumerable.Range(0, 161).Select(n => 1.0 / (2 * n + 1))];

    /// <summary>
    /// e^x = 2^n e^r with n = round(x / ln 2) and r = x - n ln 2 in [-0.347, 0.347], e^r by its Taylor sum. 0 where the result would be below the normal numbers
    /// (x &lt; -87.3 in float32, -708.3 in float64), infinity above the largest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            var magic = TLanes.MultiplyAdd(x, TLanes.Of(1.4426950408889634), TLanes.Of(6755399441055744.0));
            var n = magic - TLanes.Of(6755399441055744.0);
            // ln 2 in two parts, the first with zeros at its end, so that n times it is exact
            var r = TLanes.MultiplyAdd(n, TLanes.Of(-0.693147180369123816490), x);
            r = TLanes.MultiplyAdd(n, TLanes.Of(-1.90821492927058770002e-10), r);
            var p = TLanes.Of(1.0 / 6_227_020_800);
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 479_001_600));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 39_916_800));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 3_628_800));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 362_880));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 40_320));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 5_040));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 720));
            return Finish<TLanes, T>(x, r, p, magic, -708.3, 709.78);
        }
        else
        {
            var magic = TLanes.MultiplyAdd(x, TLanes.Of(1.4426950408889634), TLanes.Of(12582912.0));
            var n = magic - TLanes.Of(12582912.0);
            var r = TLanes.MultiplyAdd(n, TLanes.Of(-0.693359375), x);
            r = TLanes.MultiplyAdd(n, TLanes.Of(2.12194440e-4), r);
            return Finish<TLanes, T>(x, r, TLanes.Of(1.0 / 720 * 1.0009), magic, -87.33, 88.72);
        }
    }

    /// <summary>
    /// 2^x = 2^n 2^r with n = round(x) and r = x - n in [-1/2, 1/2]: cheaper than <see cref="Exp"/> for a factor that already holds log2 e. 2^0 is 1, the result is
    /// 0 up to x = -127 in float32 (-1023 in float64), infinity from 128 (1024) on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp2<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
    {
        TLanes p;
        if (typeof(T) == typeof(double))
        {
            x = TLanes.Max(TLanes.Of(-1023.0), TLanes.Min(TLanes.Of(1024.0), x));
            var magic = x + TLanes.Of(6755399441055744.0);
            var r = x - (magic - TLanes.Of(6755399441055744.0));
            // (ln 2)^k / k!
            p = TLanes.Of(2.5678435993488206e-11);
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(4.4455382718708120e-10));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(7.0549116208011233e-9));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0178086009239699e-7));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.3215486790144309e-6));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.5252733804059840e-5));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.5403530393381609e-4));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.3333558146428443e-3));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(9.6181291076284772e-3));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(5.5504108664821580e-2));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(2.4022650695910071e-1));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(6.9314718055994531e-1));
            return TLanes.Scale(TLanes.MultiplyAdd(p, r, TLanes.Of(1.0)), magic);
        }
        else
        {
            x = TLanes.Max(TLanes.Of(-127.0), TLanes.Min(TLanes.Of(128.0), x));
            var magic = x + TLanes.Of(12582912.0);
            var r = x - (magic - TLanes.Of(12582912.0));
            p = TLanes.MultiplyAdd(TLanes.Of(Exp2C5), r, TLanes.Of(Exp2C4));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(Exp2C3));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(Exp2C2));
            p = TLanes.MultiplyAdd(p, r, TLanes.Of(Exp2C1));
            return TLanes.Scale(TLanes.MultiplyAdd(p, r, TLanes.Of(1.0)), magic);
        }
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => TLanes.Of(1.0) / (TLanes.Of(1.0) + Exp<TLanes, T>(-x));

    /// <summary>sigmoid(k) and sigmoid(-k), neither by a difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes P, TLanes Others) Gates<TLanes, T>(TLanes k)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
    {
        var e = Exp<TLanes, T>(-TLanes.Abs(k));
        var large = TLanes.Of(1.0) / (TLanes.Of(1.0) + e);
        var small = e * large;
        return (TLanes.WhereLess(k, TLanes.Zero, small, large), TLanes.WhereLess(k, TLanes.Zero, large, small));
    }

    /// <summary>log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), the logarithm by 2 artanh(z / (2 + z)) and its Taylor sum, which is at most 1/3 there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Softplus<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
    {
        var z = Exp<TLanes, T>(-TLanes.Abs(x));
        var s = z / (z + TLanes.Of(2.0));
        var square = s * s;
        var terms = typeof(T) == typeof(double) ? 18 : 8;
        var sum = TLanes.Of(InverseOdd[terms]);
        for (var term = terms - 1; term >= 0; term--)
            sum = TLanes.MultiplyAdd(sum, square, TLanes.Of(InverseOdd[term]));
        return TLanes.MultiplyAdd(TLanes.Of(2.0) * s, sum, TLanes.Max(x, TLanes.Zero));
    }

    /// <summary>
    /// erf(x), within 1.2e-7 in float32 and a few units in the last place in float64. In float32 1 - erf(|x|) = t e^(-x^2 + P(t)) with t = 1 / (1 + |x| / 2)
    /// (Press et al., <em>Numerical Recipes</em>, 6.2); in float64 2 / sqrt(pi) x e^(-x^2) (1 + 2 x^2 / 3 (1 + 2 x^2 / 5 (1 + ...))), whose terms are all
    /// positive, up to where erf is 1 in all digits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Erf<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            var near = TLanes.Max(TLanes.Min(x, TLanes.Of(6.0)), TLanes.Of(-6.0));
            var square = near * near;
            var twice = square + square;
            var sum = TLanes.Of(1.0);
            for (var term = InverseOdd.Length - 1; term >= 1; term--)
                sum = TLanes.MultiplyAdd(twice * sum, TLanes.Of(InverseOdd[term]), TLanes.Of(1.0));
            return TLanes.Of(1.1283791670955126) * near * Exp<TLanes, T>(-square) * sum;
        }

        var size = TLanes.Abs(x);
        var t = TLanes.Of(1.0) / TLanes.MultiplyAdd(size, TLanes.Of(0.5), TLanes.Of(1.0));
        var p = TLanes.Of(0.17087277);
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(-0.82215223));
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(1.48851587));
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(-1.13520398));
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(0.27886807));
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(-0.18628806));
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(0.09678418));
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(0.37409196));
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(1.00002368));
        p = TLanes.MultiplyAdd(p, t, TLanes.Of(-1.26551223));
        var erf = TLanes.Of(1.0) - t * Exp<TLanes, T>(p - size * size);
        return TLanes.WhereLess(x, TLanes.Zero, -erf, erf);
    }

    /// <summary>
    /// The sine and the cosine of x: x is q pi/2 + r with |r| up to pi/4, the sums are of r. In float32 right to a few 1e-7 for |x| up to 1e5, in float64 to a few
    /// 1e-16 for |x| up to 1e6; the error grows in proportion beyond.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes Sine, TLanes Cosine) SineCosine<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
    {
        TLanes q, r, sine, cosine;
        if (typeof(T) == typeof(double))
        {
            q = TLanes.MultiplyAdd(x, TLanes.Of(2 / Math.PI), TLanes.Of(6755399441055744.0)) - TLanes.Of(6755399441055744.0);
            // pi/2 in three parts, the first two with zeros at their ends, so that q times them is exact
            r = TLanes.MultiplyAdd(q, TLanes.Of(-1.5707963267341256), x);
            r = TLanes.MultiplyAdd(q, TLanes.Of(-6.0771005063039659e-11), r);
            r = TLanes.MultiplyAdd(q, TLanes.Of(-2.0222662487959506e-21), r);
            var z = r * r;
            var p = TLanes.Of(1.58962301576546568060e-10);
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(-2.50507477628578072866e-8));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(2.75573136213857245213e-6));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(-1.98412698295895385996e-4));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(8.33333333332211858878e-3));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(-1.66666666666666307295e-1));
            sine = TLanes.MultiplyAdd(p * z, r, r);
            p = TLanes.Of(-1.13585365213876817300e-11);
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(2.08757008419747316778e-9));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(-2.75573141792967388112e-7));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(2.48015872888517045348e-5));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(-1.38888888888730564116e-3));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(4.16666666666665929218e-2));
            cosine = TLanes.MultiplyAdd(p * z, z, TLanes.MultiplyAdd(z, TLanes.Of(-0.5), TLanes.Of(1.0)));
        }
        else
        {
            q = TLanes.MultiplyAdd(x, TLanes.Of(2 / Math.PI), TLanes.Of(12582912.0)) - TLanes.Of(12582912.0);
            r = TLanes.MultiplyAdd(q, TLanes.Of(-1.5703125), x);
            r = TLanes.MultiplyAdd(q, TLanes.Of(-4.837512969970703125e-4), r);
            r = TLanes.MultiplyAdd(q, TLanes.Of(-7.54978995489188216e-8), r);
            var z = r * r;
            var p = TLanes.Of(-1.9515295891e-4);
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(8.3321608736e-3));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(-1.6666654611e-1));
            sine = TLanes.MultiplyAdd(p * z, r, r);
            p = TLanes.Of(2.443315711809948e-5);
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(-1.388731625493765e-3));
            p = TLanes.MultiplyAdd(p, z, TLanes.Of(4.166664568298827e-2));
            cosine = TLanes.MultiplyAdd(p * z, z, TLanes.MultiplyAdd(z, TLanes.Of(-0.5), TLanes.Of(1.0)));
        }

        return Turn<TLanes, T>(q, sine, cosine);
    }

    /// <summary>The sine and the cosine q quarter turns on, q a whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TLanes Sine, TLanes Cosine) Turn<TLanes, T>(TLanes q, TLanes sine, TLanes cosine)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
    {
        // q - 4 round(q / 4) is -2, -1, 0, 1 or 2
        var large = typeof(T) == typeof(double) ? 6755399441055744.0 : 12582912.0;
        var whole = TLanes.MultiplyAdd(q, TLanes.Of(0.25), TLanes.Of(large)) - TLanes.Of(large);
        var quarter = TLanes.MultiplyAdd(whole, TLanes.Of(-4.0), q);
        var absolute = TLanes.Abs(quarter);
        var odd = TLanes.Of(1.0) - TLanes.Abs(absolute - TLanes.Of(1.0));
        var (s, c) = (TLanes.WhereLess(TLanes.Of(0.5), odd, cosine, sine), TLanes.WhereLess(TLanes.Of(0.5), odd, sine, cosine));
        // sine: negative at -1 and +-2; cosine: at 1 and +-2
        s = TLanes.WhereLess(quarter, TLanes.Of(-0.5), -s, TLanes.WhereLess(TLanes.Of(1.5), quarter, -s, s));
        c = TLanes.WhereLess(TLanes.Of(0.5), quarter, -c, TLanes.WhereLess(quarter, TLanes.Of(-1.5), -c, c));
        return (s, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Finish<TLanes, T>(TLanes x, TLanes r, TLanes p, TLanes magic, double least, double most)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
    {
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 120));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 24));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0 / 6));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(0.5));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(1.0));
        var y = TLanes.Scale(p, magic);
        y = TLanes.WhereLess(x, TLanes.Of(least), TLanes.Zero, y);
        return TLanes.WhereLess(TLanes.Of(most), x, TLanes.Of(double.PositiveInfinity), y);
    }
}
