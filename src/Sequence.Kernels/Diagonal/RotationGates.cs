using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>
/// a = (1 - p) e^(i theta) and b = p u with p = sigmoid(k), all of a token z = (k, theta, Re u, Im u) [4 D], <see cref="RotationScan"/>. With (x, y) = Re(conj(x) y):
/// <code>
/// grad k = p ((1 - p) (u, grad b) - (a, grad a))        grad theta = (i a, grad a)        grad u = p grad b
/// </code>
/// </summary>
internal unsafe struct RotationGates<T, TStored>(Tokens<TStored> z, int width, Tokens<TStored> gz = default) : IComplexDiagonalInput<T>
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
    public readonly (Pair<TLanes, T> A, Pair<TLanes, T> B) Read<TLanes>(int channel)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (p, others) = LaneMath.Gates<TLanes, T>(Part<TLanes>(0, channel));
        var (sine, cosine) = LaneMath.SineCosine<TLanes, T>(Part<TLanes>(1, channel));
        return (new(others * cosine, others * sine), new(p * Part<TLanes>(2, channel), p * Part<TLanes>(3, channel)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Pair<TLanes, T> Decay<TLanes>(int channel)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (_, others) = LaneMath.Gates<TLanes, T>(Part<TLanes>(0, channel));
        var (sine, cosine) = LaneMath.SineCosine<TLanes, T>(Part<TLanes>(1, channel));
        return new(others * cosine, others * sine);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void WriteGradient<TLanes>(int channel, Pair<TLanes, T> a, Pair<TLanes, T> ga, Pair<TLanes, T> gb)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (p, others) = LaneMath.Gates<TLanes, T>(Part<TLanes>(0, channel));
        var ofInput = TLanes.MultiplyAdd(Part<TLanes>(2, channel), gb.Re, Part<TLanes>(3, channel) * gb.Im);
        var ofDecay = TLanes.MultiplyAdd(a.Re, ga.Re, a.Im * ga.Im);
        TStored.Store(p * (others * ofInput - ofDecay), _gz + channel);
        TStored.Store(a.Re * ga.Im - a.Im * ga.Re, _gz + width + channel);
        TStored.Store(p * gb.Re, _gz + 2L * width + channel);
        TStored.Store(p * gb.Im, _gz + 3L * width + channel);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TLanes Part<TLanes>(long part, int channel)
        where TLanes : struct, ILanes<TLanes, T>
        => TStored.Load<TLanes>(_z + part * width + channel);
}
