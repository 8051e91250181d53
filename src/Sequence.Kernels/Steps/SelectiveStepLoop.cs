using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>The channels of one row of <see cref="SelectiveStep"/>.</summary>
internal readonly unsafe struct SelectiveStepLoop<T>(T* dt, T* aLog, T* u, T* B, T* C, T* skip, T* h, int states, int channels) : ILaneLoop<T>
    where T : unmanaged
{
    // log2 e: powers of 2 are the cheaper exponentials
    private const double LogE = 1.4426950408889634;

    private readonly T* _dt = dt, _aLog = aLog, _u = u, _write = B, _read = C, _skip = skip, _h = h;
    private readonly int _states = states, _channels = channels;

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var at = begin; at < end; at += TLanes.Count)
        {
            var (dt, u) = (TLanes.Load(_dt + at), TLanes.Load(_u + at));
            var w = dt * u;
            var scale = dt * TLanes.Of(-LogE);
            var y = u * TLanes.Load(_skip + at);
            for (var n = 0; n < _states; n++)
            {
                var place = (long)n * _channels + at;
                var a = LaneMath.Exp2<TLanes, T>(scale * LaneMath.Exp2<TLanes, T>(TLanes.Load(_aLog + place) * TLanes.Of(LogE)));
                var h = TLanes.MultiplyAdd(a, TLanes.Load(_h + place), TLanes.Of(_write[n]) * w);
                h.Store(_h + place);
                y = TLanes.MultiplyAdd(TLanes.Of(_read[n]), h, y);
            }

            y.Store(_dt + at);
        }
    }
}
