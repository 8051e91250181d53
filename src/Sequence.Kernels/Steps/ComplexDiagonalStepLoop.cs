using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>The channels of one row of <see cref="ComplexDiagonalStep"/>.</summary>
internal readonly unsafe struct ComplexDiagonalStepLoop<T>(T* logit, T* theta, T* re, T* im, T* hRe, T* hIm) : ILaneLoop<T>
    where T : unmanaged
{
    private readonly T* _logit = logit, _theta = theta, _re = re, _im = im, _hRe = hRe, _hIm = hIm;

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var at = begin; at < end; at += TLanes.Count)
        {
            var logit = TLanes.Load(_logit + at);
            var p = LaneMath.Sigmoid<TLanes, T>(logit);
            var r = LaneMath.Sigmoid<TLanes, T>(-logit);
            var (sin, cos) = TLanes.SinCos(TLanes.Load(_theta + at));
            var (aRe, aIm) = (r * cos, r * sin);
            var (re, im) = (TLanes.Load(_hRe + at), TLanes.Load(_hIm + at));
            TLanes.MultiplyAdd(aRe, re, TLanes.MultiplyAdd(-aIm, im, p * TLanes.Load(_re + at))).Store(_hRe + at);
            TLanes.MultiplyAdd(aRe, im, TLanes.MultiplyAdd(aIm, re, p * TLanes.Load(_im + at))).Store(_hIm + at);
        }
    }
}
