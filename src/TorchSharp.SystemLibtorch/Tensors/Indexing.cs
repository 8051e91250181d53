using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Brackets. Places, slices and new axes give views; masks and index tensors give copies, and are written through index_put_.
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => Assign(indices, value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => Assign(OfTensors(indices), value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => Place(indices);
            set => Write(Place(indices), value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1] { get => Place([i1]); set => Write(Place([i1]), value); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2] { get => Place([i1, i2]); set => Write(Place([i1, i2]), value); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3] { get => Place([i1, i2, i3]); set => Write(Place([i1, i2, i3]), value); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4] { get => Place([i1, i2, i3, i4]); set => Write(Place([i1, i2, i3, i4]), value); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5] { get => Place([i1, i2, i3, i4, i5]); set => Write(Place([i1, i2, i3, i4, i5]), value); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6] { get => Place([i1, i2, i3, i4, i5, i6]); set => Write(Place([i1, i2, i3, i4, i5, i6]), value); }

        public Tensor index(params TensorIndex[] indices)
        {
            (Tensor view, List<Tensor?> picks) = View(indices);
            return picks.Count == 0 ? view : Aten.index_Tensor.Call(view, Argument.OptionalTensors(picks));
        }

        public Tensor index(params Tensor[] indices) => index(OfTensors(indices));

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false) => Assign(indices, value, accumulate);
        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => Assign(OfTensors(indices), value, accumulate);
        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Assign(indices, value);
        public Tensor index_put_(Tensor value, params Tensor[] indices) => Assign(OfTensors(indices), value);
        public Tensor index_put_(Scalar value, params TensorIndex[] indices) => Assign(indices, full([], value, dtype, device));
        public Tensor index_put_(Scalar value, params Tensor[] indices) => Assign(OfTensors(indices), full([], value, dtype, device));

        private Tensor Assign(TensorIndex[] indices, Tensor value, bool accumulate = false)
        {
            (Tensor view, List<Tensor?> picks) = View(indices);
            if (picks.Count > 0)
            {
                Tensor cast = value.ndim == 0 ? value.to(dtype, device) : value;
                Aten.index_put_.Run(view, Argument.OptionalTensors(picks), cast, accumulate);
            }
            else if (accumulate)
            {
                view.add_(value);
            }
            else
            {
                Write(view, value);
            }

            return this;
        }

        // Leading axes of length 1 that the view lacks are dropped, as PyTorch does.
        private static void Write(Tensor view, Tensor value)
        {
            while (value.ndim > view.ndim && value.shape[0] == 1)
            {
                value = value.squeeze(0);
            }

            view.copy_(value);
        }

        private Tensor Place(ReadOnlySpan<long> places)
        {
            if (places.Length > ndim)
            {
                throw TooMany(places.Length);
            }

            Tensor view = this;
            foreach (long place in places)
            {
                view = view.select(0, place);
            }

            return ReferenceEquals(view, this) ? alias() : view;
        }

        // The view that places, slices and axes describe, and for each of its leading dimensions the tensor that picks along it (or null).
        private (Tensor View, List<Tensor?> Picks) View(TensorIndex[] indices)
        {
            long named = 0;
            int ellipses = 0;
            foreach (ref readonly TensorIndex index in indices.AsSpan())
            {
                named += Width(index);
                ellipses += index._form == TensorIndex.Form.Ellipsis ? 1 : 0;
            }

            if (named > ndim)
            {
                throw TooMany(named);
            }

            if (ellipses > 1)
            {
                throw new ArgumentException("An index can hold the ellipsis only once.", nameof(indices));
            }

            Tensor view = this;
            List<Tensor?> picks = [];
            long dim = 0;
            int lastPick = 0;
            foreach (ref readonly TensorIndex index in indices.AsSpan())
            {
                switch (index._form)
                {
                    case TensorIndex.Form.Place:
                        view = view.select(dim, index._start!.Value);
                        break;
                    case TensorIndex.Form.Slice:
                        view = Sliced(view, dim++, index);
                        picks.Add(null);
                        break;
                    case TensorIndex.Form.Whole:
                        dim++;
                        picks.Add(null);
                        break;
                    case TensorIndex.Form.NewAxis:
                        view = view.unsqueeze(dim++);
                        picks.Add(null);
                        break;
                    case TensorIndex.Form.Ellipsis:
                        for (long rest = ndim - named; rest > 0; rest--, dim++)
                        {
                            picks.Add(null);
                        }

                        break;
                    case TensorIndex.Form.Truth:
                        view = view.unsqueeze(dim++);
                        picks.Add(tensor([index._start == 1], device: device));
                        lastPick = picks.Count;
                        break;
                    default:
                        picks.Add(index._tensor);
                        dim += Width(index);
                        lastPick = picks.Count;
                        break;
                }
            }

            picks.RemoveRange(lastPick, picks.Count - lastPick);
            return (ReferenceEquals(view, this) && picks.Count == 0 ? alias() : view, picks);
        }

        // How many of the tensor's dimensions an index speaks for: a mask as many as it has.
        private static long Width(in TensorIndex index) => index._form switch
        {
            TensorIndex.Form.Place or TensorIndex.Form.Slice or TensorIndex.Form.Whole => 1,
            TensorIndex.Form.Tensor when index._tensor is { } t => t.dtype is ScalarType.Bool or ScalarType.Byte ? t.ndim : 1,
            TensorIndex.Form.Tensor => 1,
            _ => 0,
        };

        private static Tensor Sliced(Tensor view, long dim, in TensorIndex index)
        {
            if (index._step is <= 0)
            {
                throw new ArgumentOutOfRangeException(nameof(index), index._step, "A slice's step must be positive; to walk backwards, flip the dimension first.");
            }

            return (index._start, index._stop, index._step) is (null, null, null)
                ? view
                : Aten.slice_Tensor.Call(view, dim, index._start, index._stop, index._step ?? 1);
        }

        private static TensorIndex[] OfTensors(Tensor[] indices) =>
            Array.ConvertAll(indices, t => t is null ? TensorIndex.Null : TensorIndex.Tensor(t));

        private ArgumentException TooMany(long named) =>
            new($"Too many indices: {named} for a tensor of {ndim} dimension(s) with shape [{string.Join(", ", shape)}].");
    }
}

file static class Aten
{
    internal static readonly Operator index_Tensor = new("index", "Tensor"), index_put_ = new("index_put_"), slice_Tensor = new("slice", "Tensor");
}
