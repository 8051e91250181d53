namespace TorchSharp;

public static partial class torch
{
    /// <summary>One entry between the brackets of <c>tensor[...]</c>: a place, a slice, a mask or index tensor, a new axis, or the ellipsis.</summary>
    public readonly struct TensorIndex
    {
        internal enum Form { Whole, Ellipsis, NewAxis, Truth, Place, Slice, Tensor }

        internal readonly Form _form;
        internal readonly long? _start, _stop, _step;
        internal readonly Tensor? _tensor;

        private TensorIndex(Form form, long? start = null, long? stop = null, long? step = null, Tensor? tensor = null) =>
            (_form, _start, _stop, _step, _tensor) = (form, start, stop, step, tensor);

        public static readonly TensorIndex Ellipsis = new(Form.Ellipsis);

        /// <summary>A new axis of length 1.</summary>
        public static readonly TensorIndex None = new(Form.NewAxis);

        /// <summary>A placeholder: the whole dimension, as <see cref="Colon"/>.</summary>
        public static readonly TensorIndex Null;

        public static readonly TensorIndex Colon = new(Form.Slice);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Form.Slice, start, stop, step);
        public static TensorIndex Slice((int? start, int? end) range) => new(Form.Slice, range.start, range.end);
        public static TensorIndex Slice(Range range) => new(Form.Slice, Bound(range.Start), range.End.Equals(Index.End) ? null : Bound(range.End));
        public static TensorIndex Bool(bool value) => new(Form.Truth, value ? 1 : 0);
        public static TensorIndex Single(long? index) => index is null ? Null : new(Form.Place, index);
        public static TensorIndex Tensor(Tensor tensor) => new(Form.Tensor, tensor: tensor);

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        /// <summary>The tensor that this index was made of.</summary>
        /// <exception cref="InvalidOperationException">The index was not made of a tensor.</exception>
        public static implicit operator Tensor(TensorIndex value) =>
            value._tensor ?? throw new InvalidOperationException($"A tensor index of the form {value._form} holds no tensor.");

        // A start at the very end (^0) lies behind every element; libtorch clamps it to the length.
        private static long Bound(Index index) => !index.IsFromEnd ? index.Value : index.Value == 0 ? long.MaxValue : -index.Value;
    }
}
