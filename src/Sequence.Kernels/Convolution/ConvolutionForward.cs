using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Convolution;

/// <summary>y over the tokens of a row, a block of channels at once.</summary>
internal readonly unsafe struct ConvolutionForward<T, TStored>(ConvolutionRows<T, TStored> rows) : ILaneLoop<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    private readonly ConvolutionRows<T, TStored> _rows = rows;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var inputs = _rows.Inputs;
        for (var t = 0; t < _rows.Time; t++)
        {
            var reach = _rows.Find(t);
            var y = _rows.Y.At(_rows.Row, t, _rows.Start);
            for (var c = begin; c < end; c += TLanes.Count)
            {
                var s = TLanes.Load(_rows.Bias + c);
                T* weight = _rows.Weight + c;
                for (var j = 0; j <= reach; j++)
                {
                    s = TLanes.MultiplyAdd(TStored.Load<TLanes>(inputs[j] + c), TLanes.Load(weight), s);
                    weight += _rows.Stride;
                }

                TStored.Store(_rows.Silu ? s * LaneMath.Sigmoid<TLanes, T>(s) : s, y + c);
            }
        }
    }
}
