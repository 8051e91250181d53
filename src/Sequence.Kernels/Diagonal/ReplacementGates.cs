using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>
/// a = 1 - p and b = p g(x) with p = sigmoid(k), all of a token z = (k, x) [2 D], <see cref="GatedDiagonalScan"/>:
/// <code>
/// grad k = p (1 - p) (g(x) grad b - grad a)        grad x = p g'(x) grad b
/// </code>
/// </summary>
internal unsafe struct ReplacementGates<T, TStored>(Tokens<TStored> z, int width, bool isPositive, Tokens<TStored> gz = default) : IDiagonalInput<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    private TStored* _z, _gz;

    /// <inheritdoc/>
    public void Enter(int row, long t, int start)
    {
        _z = z.At(row, t, start);
        _gz = gz.At(row, t, start);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly (TLanes A, TLanes B) Read<TLanes>(int channel)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (p, others) = LaneMath.Gates<TLanes, T>(TStored.Load<TLanes>(_z + channel));
        return (others, p * Candidate(TStored.Load<TLanes>(_z + width + channel)).Value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLanes Decay<TLanes>(int channel)
        where TLanes : struct, ILanes<TLanes, T>
        => LaneMath.Gates<TLanes, T>(TStored.Load<TLanes>(_z + channel)).Others;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void WriteGradient<TLanes>(int channel, TLanes a, TLanes ga, TLanes gb)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (p, others) = LaneMath.Gates<TLanes, T>(TStored.Load<TLanes>(_z + channel));
        var (g, slope) = Candidate(TStored.Load<TLanes>(_z + width + channel));
        TStored.Store(p * others * (g * gb - ga), _gz + channel);
        TStored.Store(p * slope * gb, _gz + width + channel);
    }

    /// <summary>g(x) and g'(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (TLanes Value, TLanes Slope) Candidate<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var one = TLanes.Of(1.0);
        if (!isPositive)
            return (x, one);
        var (s, others) = LaneMath.Gates<TLanes, T>(x);
        return (TLanes.WhereLess(x, TLanes.Zero, s, x + TLanes.Of(0.5)), TLanes.WhereLess(x, TLanes.Zero, s * others, one));
    }
}
