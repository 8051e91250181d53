using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Read from the native tensor every time: resizing and moving a module change them in place.
    public unsafe partial class Tensor
    {
        /// <summary>The sizes of the dimensions, a copy.</summary>
        public long[] shape
        {
            get
            {
                long* sizes;
                var rank = Failure.Check(Native.sequence_tensor_sizes(Handle, &sizes), "shape");
                var copy = rank == 0 ? [] : new ReadOnlySpan<long>(sizes, rank).ToArray();
                GC.KeepAlive(this);
                return copy;
            }
        }

        public ScalarType dtype => (ScalarType)Describe().Dtype;

        public Device device
        {
            get
            {
                var description = Describe();
                return Device.Existing((DeviceType)description.DeviceType, description.DeviceIndex);
            }
        }

        public DeviceType device_type => (DeviceType)Describe().DeviceType;
        public int device_index => Describe().DeviceIndex;
        public long Dimensions => Describe().Rank;
        public long ndim => Describe().Rank;
        public long NumberOfElements => Describe().Count;
        public long ElementSize => Describe().ElementSize;

        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_sparse => Describe().Has(TensorFlags.Sparse);

        public bool is_leaf
        {
            get
            {
                var leaf = Failure.Check(Native.sequence_is_leaf(Handle), nameof(is_leaf)) != 0;
                GC.KeepAlive(this);
                return leaf;
            }
        }

        public long dim() => Describe().Rank;
        public long numel() => Describe().Count;
        public long element_size() => Describe().ElementSize;
        public long storage_offset() => Describe().StorageOffset;

        public long[] size() => shape;

        /// <param name="dim">Negative counts from the last.</param>
        public long size(int dim)
        {
            long* sizes;
            var rank = Failure.Check(Native.sequence_tensor_sizes(Handle, &sizes), "size");
            var size = sizes[Position(dim, rank)];
            GC.KeepAlive(this);
            return size;
        }

        public long[] stride()
        {
            long* strides;
            var rank = Failure.Check(Native.sequence_tensor_strides(Handle, &strides), "stride");
            var copy = rank == 0 ? [] : new ReadOnlySpan<long>(strides, rank).ToArray();
            GC.KeepAlive(this);
            return copy;
        }

        public long stride(int dim)
        {
            long* strides;
            var rank = Failure.Check(Native.sequence_tensor_strides(Handle, &strides), "stride");
            var stride = strides[Position(dim, rank)];
            GC.KeepAlive(this);
            return stride;
        }

        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_complex() => torch.is_complex(dtype);
        public bool is_conj() => Describe().Has(TensorFlags.Conjugated);
        public bool is_contiguous() => Describe().Has(TensorFlags.Contiguous);
        public bool is_nonzero() => Memory.Nonzero.CallBool(this);

        public bool is_pinned()
        {
            var pinned = Failure.Check(Native.sequence_tensor_is_pinned(Handle), nameof(is_pinned)) != 0;
            GC.KeepAlive(this);
            return pinned;
        }

        internal Description Describe()
        {
            Description description;
            Failure.Check(Native.sequence_tensor_describe(Handle, &description), "describe");
            GC.KeepAlive(this);
            return description;
        }

        private static int Position(int dim, int rank)
        {
            var position = dim < 0 ? dim + rank : dim;
            return position >= 0 && position < rank
                ? position
                : throw new ArgumentOutOfRangeException(nameof(dim), dim, $"the tensor has {rank} dimension(s): dim lies in [{-rank}, {rank - 1}]");
        }
    }

    private static class Memory
    {
        internal static readonly Operator
            Nonzero = new("is_nonzero"), Item = new("item"), Contiguous = new("contiguous"), Copy = new("copy_"), Alias = new("alias"), To = new("to", "dtype_layout"),
            ResolveConj = new("resolve_conj"), ResolveNeg = new("resolve_neg"), Detach = new("detach"), DetachInPlace = new("detach_");
    }
}
