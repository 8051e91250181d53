using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Convolution;

/// <summary>
/// The gradients over the tokens of a row, a block of channels at once,
/// <code>
/// grad s_t = g_t, or g_t silu'(s_t), s computed again        g: gradient to y
/// grad W_j = sum_t grad s_t u_(t-j)        grad b = sum_t grad s_t        grad u_t = sum_j W_j grad s_(t+j)
/// </code>
/// where only taps that read their token count. grad u_t is complete w - 1 tokens later.
/// </summary>
internal readonly unsafe struct ConvolutionBackward<T, TStored>(ConvolutionRows<T, TStored> rows) : ILaneLoop<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    private readonly ConvolutionRows<T, TStored> _rows = rows;

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var past = _rows.Taps - 1;
        for (var t = 0; t < _rows.Time + past; t++)
        {
            if (t < _rows.Time)
                Weights<TLanes>(t, begin, end);
            if (t >= past || !_rows.GWindow.IsNone)
                Inputs<TLanes>(t - past, begin, end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weights<TLanes>(int t, int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (reach, inputs, stride) = (_rows.Find(t), (nint)_rows.Inputs, _rows.Stride);
        var g = _rows.GY.At(_rows.Row, t, _rows.Start);
        T* gS = _rows.GS + t % _rows.Taps * stride;
        for (var c = begin; c < end; c += TLanes.Count)
        {
            var gs = TStored.Load<TLanes>(g + c);
            if (_rows.Silu)
            {
                var s = TLanes.Load(_rows.Bias + c);
                for (var j = 0; j <= reach; j++)
                    s = TLanes.MultiplyAdd(TStored.Load<TLanes>(((TStored**)inputs)[j] + c), TLanes.Load(_rows.Weight + j * stride + c), s);
                var sigmoid = LaneMath.Sigmoid<TLanes, T>(s);
                // silu' = sigmoid (1 + s (1 - sigmoid))
                gs *= sigmoid * TLanes.MultiplyAdd(s, TLanes.Of(1.0) - sigmoid, TLanes.Of(1.0));
            }

            gs.Store(gS + c);
            (TLanes.Load(_rows.GBias + c) + gs).Store(_rows.GBias + c);
            for (var j = 0; j <= reach; j++)
            {
                T* gW = _rows.GWeight + j * _rows.GStride + c;
                TLanes.MultiplyAdd(gs, TStored.Load<TLanes>(((TStored**)inputs)[j] + c), TLanes.Load(gW)).Store(gW);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Inputs<TLanes>(int t, int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (taps, stride, count) = (_rows.Taps, _rows.Stride, 0);
        T** sources = stackalloc T*[2 * taps];
        for (var j = Math.Max(0, -t); j < taps && t + j < _rows.Time; j++)
        {
            if (j > _rows.Reach(t + j))
                continue;
            sources[count++] = _rows.GS + (t + j) % taps * stride;
            sources[count++] = _rows.Weight + j * stride;
        }

        var to = _rows.At(_rows.GU, _rows.GWindow, t);
        for (var c = begin; c < end; c += TLanes.Count)
        {
            var gu = TLanes.Zero;
            for (var source = 0; source < count; source += 2)
                gu = TLanes.MultiplyAdd(TLanes.Load(sources[source] + c), TLanes.Load(sources[source + 1] + c), gu);
            TStored.Store(gu, to + c);
        }
    }
}
