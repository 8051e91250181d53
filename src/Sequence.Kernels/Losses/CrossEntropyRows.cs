using System.Numerics;
using Sequence.Kernels.Lanes;
using TorchSharp;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels.Losses;

/// <summary><see cref="ICrossEntropyRows"/> on the CPU: threads take rows, whose losses are summed in order; e^z is computed once, for the loss and the gradient.</summary>
internal sealed class CrossEntropyRows : ICrossEntropyRows
{
    // sums of e^z are of so many in T, and of those sums in float64
    private const int Stretch = 1 << 10;

    // below this many logits a thread costs more to wake than it saves
    private const long EnoughForAThread = 1 << 14;

    private readonly (ScalarType Element, Device Device) _like;
    private readonly long[] _targets;
    private readonly long _classes;
    private readonly long _ignored;
    private readonly double _scale;
    private double _sum;

    /// <inheritdoc cref="ICrossEntropyRows.Of"/>
    public CrossEntropyRows(Tensor like, Tensor targets, long classes, nn.Reduction reduction, long ignored)
    {
        (_like, _targets, _classes, _ignored) = ((like.dtype, like.device), Classes(targets, classes, ignored), classes, ignored);
        _scale = reduction == nn.Reduction.Sum ? 1 : 1.0 / _targets.LongCount(target => target != ignored);
    }

    /// <summary>Targets as numbers.</summary>
    /// <exception cref="ArgumentException">One is not a class.</exception>
    public static long[] Classes(Tensor targets, long classes, long ignored)
    {
        using var whole = targets.contiguous();
        var wanted = whole.data<long>().ToArray();
        foreach (var (row, target) in wanted.Index())
        {
            if (target != ignored && (target < 0 || target >= classes))
                throw new ArgumentException($"The target of row {row} is {target}, where the classes are 0 to {classes - 1} and {ignored} is ignored.", nameof(targets));
        }

        return wanted;
    }

    /// <inheritdoc/>
    public void Begin() => _sum = 0;

    /// <inheritdoc/>
    public void Add(Tensor logits, long first, Tensor? gradient)
    {
        if (logits.shape[0] + first > _targets.Length)
            throw new ArgumentException($"There are {_targets.Length} targets for at least {logits.shape[0] + first} rows.", nameof(logits));
        _sum += logits.dtype switch
        {
            ScalarType.Float64 => Run<double, Float64>(logits, first, gradient),
            ScalarType.BFloat16 => Run<float, BFloat16>(logits, first, gradient),
            _ => Run<float, Float32>(logits, first, gradient),
        };
    }

    /// <inheritdoc/>
    public Tensor Loss() => tensor(_scale * _sum, StateElement.Of(_like.Element), _like.Device);

    /// <inheritdoc/>
    public (Tensor Loss, List<Tensor> Kept) Forward(Tensor logits)
    {
        var gradient = empty_like(logits);
        Begin();
        Add(logits, first: 0, gradient);
        return (Loss(), [gradient]);
    }

    /// <inheritdoc/>
    public Tensor Backward(List<Tensor> kept, Tensor g) => Times(kept[0], g);

    /// <inheritdoc/>
    public Tensor Times(Tensor gradient, Tensor g)
    {
        var factor = g.ToDouble();
        return factor == 1 ? gradient : gradient * factor;
    }

    private unsafe double Run<T, TStored>(Tensor logits, long first, Tensor? gradient)
        where T : unmanaged, INumber<T>
        where TStored : unmanaged, IStored<TStored, T>
    {
        var losses = new double[logits.shape[0]];
        if (losses.Length == 0)
            return 0;
        TStored* z = Memory.Of<TStored>(logits), g = gradient is null ? null : Memory.Of<TStored>(gradient);
        Work.For(0, losses.Length, Math.Max(1, EnoughForAThread / _classes), (from, to) =>
        {
            for (var n = from; n < to; n++)
                losses[n] = Row<T, TStored>(z + n * _classes, g is null ? null : g + n * _classes, _targets[first + n]);
        });

        // the addresses do not keep them
        GC.KeepAlive(logits);
        GC.KeepAlive(gradient);
        return losses.Sum();
    }

    /// <summary>log sum_v e^(z_v) - z_y, and s (e^(z_v) / sum - [v = y]) where the gradient goes.</summary>
    private unsafe double Row<T, TStored>(TStored* z, TStored* g, long target)
        where T : unmanaged, INumber<T>
        where TStored : unmanaged, IStored<TStored, T>
    {
        if (target == _ignored)
        {
            if (g is not null)
                new Span<byte>(g, checked((int)(_classes * sizeof(TStored)))).Clear();
            return 0;
        }

        var wanted = Of<T, TStored>(z + target);
        var largest = new Largest<T, TStored>(z);
        LaneWidth.Run<T, Largest<T, TStored>>(ref largest, (int)_classes);
        var sum = 0.0;
        for (var begin = 0L; begin < _classes; begin += Stretch)
        {
            var exponentials = new Exponentials<T, TStored>(z + begin, g is null ? null : g + begin, largest.Value);
            LaneWidth.Run<T, Exponentials<T, TStored>>(ref exponentials, (int)Math.Min(Stretch, _classes - begin));
            sum += double.CreateChecked(exponentials.Sum);
        }

        var loss = Math.Log(sum) + double.CreateChecked(largest.Value) - wanted;
        if (g is not null)
        {
            var scaling = new Scaling<T, TStored>(g, T.CreateSaturating(_scale / sum));
            LaneWidth.Run<T, Scaling<T, TStored>>(ref scaling, (int)_classes);
            TStored.Store(Lanes1<T>.Of(_scale * (Math.Exp(-loss) - 1)), g + target);
        }

        return loss;
    }

    private static unsafe double Of<T, TStored>(TStored* at)
        where T : unmanaged, INumber<T>
        where TStored : unmanaged, IStored<TStored, T> => double.CreateChecked(TStored.Load<Lanes1<T>>(at).Value);

    private unsafe struct Largest<T, TStored>(TStored* z) : ILaneLoop<T>
        where T : unmanaged, INumber<T>
        where TStored : unmanaged, IStored<TStored, T>
    {
        public T Value = T.CreateChecked(double.NegativeInfinity);

        public void Run<TLanes>(int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            var largest = TLanes.Of(Value);
            for (var v = begin; v < end; v += TLanes.Count)
                largest = TLanes.Max(largest, TStored.Load<TLanes>(z + v));
            Value = TLanes.Largest(largest);
        }
    }

    private unsafe struct Exponentials<T, TStored>(TStored* z, TStored* e, T largest) : ILaneLoop<T>
        where T : unmanaged, INumber<T>
        where TStored : unmanaged, IStored<TStored, T>
    {
        public T Sum = T.Zero;

        public void Run<TLanes>(int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            var (top, sum) = (TLanes.Of(largest), TLanes.Zero);
            for (var v = begin; v < end; v += TLanes.Count)
            {
                var power = LaneMath.Exp<TLanes, T>(TStored.Load<TLanes>(z + v) - top);
                sum += power;
                if (e is not null)
                    TStored.Store(power, e + v);
            }

            Sum += TLanes.Sum(sum);
        }
    }

    private readonly unsafe struct Scaling<T, TStored>(TStored* g, T factor) : ILaneLoop<T>
        where T : unmanaged, INumber<T>
        where TStored : unmanaged, IStored<TStored, T>
    {
        public void Run<TLanes>(int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            var scale = TLanes.Of(factor);
            for (var v = begin; v < end; v += TLanes.Count)
                TStored.Store(scale * TStored.Load<TLanes>(g + v), g + v);
        }
    }
}
