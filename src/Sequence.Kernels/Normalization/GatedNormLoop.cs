using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Normalization;

/// <summary>
/// A head of a token. With n the norm of u, r its factor, a the gate and g the gradient to y,
/// <code>
/// y = w n a                                      u = x, or y = w n with u = a x
/// dn = g w a        du = r (dn - mean(dn n) n - mean(dn) where it is centred)
/// </code>
/// </summary>
internal unsafe struct GatedNormLoop<T> : ILaneLoop<T>
    where T : unmanaged
{
    public int Width;

    public NormGate Gate;

    public bool Centred;

    public double Epsilon;

    /// <summary>What is read, [V].</summary>
    public T* X, Z, Weight;

    /// <summary>y; null for the gradients.</summary>
    public T* Y;

    /// <summary>The gradient to y, and those it makes; that to w is added to.</summary>
    public T* G, GX, GZ, GW;

    /// <summary>Memory to work in: u, n, dn.</summary>
    public T* U, N, D;

    // each loop is compiled by itself: together they are more than the compiler inlines, and operators would become calls
    private const MethodImplOptions ByItself = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <inheritdoc/>
    public readonly void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var r = Norm<TLanes>();
        if (Y is not null)
            Output<TLanes>();
        else
            Gradients<TLanes>(r);
    }

    /// <summary>n, and 1 / sqrt(mean(u^2) + eps).</summary>
    [MethodImpl(ByItself)]
    private readonly TLanes Norm<TLanes>()
        where TLanes : struct, ILanes<TLanes, T>
    {
        TLanes sum = TLanes.Zero, largest = TLanes.Of(1.0), count = TLanes.Of((double)Width);
        for (var at = 0; at < Width; at += TLanes.Count)
        {
            var u = TLanes.Load(X + at);
            if (Gate == NormGate.SiluBefore)
            {
                var z = TLanes.Load(Z + at);
                u *= z * LaneMath.Sigmoid<TLanes, T>(z);
            }

            sum += u;
            largest = TLanes.Max(largest, TLanes.Abs(u));
            u.Store(U + at);
        }

        // centred values are at most twice the largest, whose square still does not overflow beside it
        var mean = Centred ? TLanes.Of(TLanes.Sum(sum)) / count : TLanes.Zero;
        var scale = TLanes.Of(1.0) / TLanes.Of(TLanes.Largest(largest));
        sum = TLanes.Zero;
        for (var at = 0; at < Width; at += TLanes.Count)
        {
            var u = (TLanes.Load(U + at) - mean) * scale;
            sum = TLanes.MultiplyAdd(u, u, sum);
        }

        var r = scale / TLanes.Sqrt(TLanes.Of(TLanes.Sum(sum)) / count + TLanes.Of(Epsilon) * scale * scale);
        for (var at = 0; at < Width; at += TLanes.Count)
            ((TLanes.Load(U + at) - mean) * r).Store(N + at);
        return r;
    }

    [MethodImpl(ByItself)]
    private readonly void Output<TLanes>()
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var at = 0; at < Width; at += TLanes.Count)
        {
            var y = TLanes.Load(N + at) * TLanes.Load(Weight + at);
            if (Gate != NormGate.SiluBefore)
            {
                var z = TLanes.Load(Z + at);
                var s = LaneMath.Sigmoid<TLanes, T>(z);
                y *= Gate == NormGate.SiluAfter ? z * s : s;
            }

            y.Store(Y + at);
        }
    }

    [MethodImpl(ByItself)]
    private readonly void Gradients<TLanes>(TLanes r)
        where TLanes : struct, ILanes<TLanes, T>
    {
        TLanes sum = TLanes.Zero, along = TLanes.Zero, one = TLanes.Of(1.0), count = TLanes.Of((double)Width);
        for (var at = 0; at < Width; at += TLanes.Count)
        {
            var (g, w, n) = (TLanes.Load(G + at), TLanes.Load(Weight + at), TLanes.Load(N + at));
            if (Gate != NormGate.SiluBefore)
            {
                var z = TLanes.Load(Z + at);
                var s = LaneMath.Sigmoid<TLanes, T>(z);
                var silu = Gate == NormGate.SiluAfter;
                var slope = silu ? s * TLanes.MultiplyAdd(z, one - s, one) : s * (one - s);
                (g * w * n * slope).Store(GZ + at);
                g *= silu ? z * s : s;
            }

            TLanes.MultiplyAdd(g, n, TLanes.Load(GW + at)).Store(GW + at);
            var d = g * w;
            sum += d;
            along = TLanes.MultiplyAdd(d, n, along);
            d.Store(D + at);
        }

        var mean = Centred ? TLanes.Of(TLanes.Sum(sum)) / count : TLanes.Zero;
        var part = TLanes.Of(TLanes.Sum(along)) / count;
        for (var at = 0; at < Width; at += TLanes.Count)
        {
            var du = r * (TLanes.Load(D + at) - mean - part * TLanes.Load(N + at));
            if (Gate == NormGate.SiluBefore)
            {
                var z = TLanes.Load(Z + at);
                var s = LaneMath.Sigmoid<TLanes, T>(z);
                (du * TLanes.Load(X + at) * s * TLanes.MultiplyAdd(z, one - s, one)).Store(GZ + at);
                du *= z * s;
            }

            du.Store(GX + at);
        }
    }
}
