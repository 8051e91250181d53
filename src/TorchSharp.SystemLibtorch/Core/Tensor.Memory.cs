using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    // Elements in and out of managed memory.
    public unsafe partial class Tensor
    {
        /// <summary>The memory of a contiguous CPU tensor, any dtype, under 2 GiB; good while the tensor lives.</summary>
        public Span<byte> bytes
        {
            get
            {
                var description = Describe();
                RequireHostMemory(in description, nameof(bytes));
                var length = description.Count * description.ElementSize;
                return length <= int.MaxValue
                    ? new Span<byte>(Address(), (int)length)
                    : throw new InvalidOperationException($"bytes: a span holds less than 2 GiB, the tensor takes {length} bytes; use WriteBytesToStream or data<T>().");
            }
            set
            {
                var memory = bytes;
                if (value.Length != memory.Length)
                    throw new ArgumentException($"bytes: the tensor takes {memory.Length} bytes, but {value.Length} were given", nameof(value));
                value.CopyTo(memory);
                GC.KeepAlive(this);
            }
        }

        /// <summary>The elements, in order of their indices whatever the strides are. A tensor elsewhere is copied to the CPU first.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the .NET type of the tensor's dtype.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            Elements.Require<T>(dtype);
            return new TensorAccessor<T>(this);
        }

        /// <summary>The one element of a tensor, as exactly the .NET type of its dtype; ToSingle() and its kin convert.</summary>
        public T item<T>() where T : unmanaged
        {
            var description = Describe();
            if (description.Count != 1)
                throw new InvalidOperationException($"item: one element is needed, but the tensor of shape [{string.Join(", ", shape)}] has {description.Count}");
            Elements.Require<T>((ScalarType)description.Dtype);
            return (T)Elements.Convert((ScalarType)description.Dtype, ToScalar());
        }

        /// <summary>The one element of a tensor, wherever it is.</summary>
        public Scalar ToScalar() => Memory.Item.CallScalar(this);

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            ArgumentNullException.ThrowIfNull(stream);
            var description = Describe();
            RequireHostMemory(in description, nameof(WriteBytesToStream));
            var left = description.Count * description.ElementSize;
            for (var from = (byte*)Address(); left > 0;)
            {
                var length = (int)Math.Min(left, 1 << 30);
                stream.Write(new ReadOnlySpan<byte>(from, length));
                from += length;
                left -= length;
            }

            GC.KeepAlive(this);
        }

        /// <exception cref="EndOfStreamException">The stream ends before the tensor is full.</exception>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            ArgumentNullException.ThrowIfNull(stream);
            var description = Describe();
            RequireHostMemory(in description, nameof(ReadBytesFromStream));
            var left = description.Count * description.ElementSize;
            for (var to = (byte*)Address(); left > 0;)
            {
                var length = (int)Math.Min(left, 1 << 30);
                stream.ReadExactly(new Span<byte>(to, length));
                to += length;
                left -= length;
            }

            GC.KeepAlive(this);
        }

        /// <summary>The storage under this tensor, which views share; add <see cref="storage_offset"/> elements for the first of this tensor.</summary>
        public Storage<T> storage<T>() where T : unmanaged
        {
            Elements.Require<T>(dtype);
            return new Storage<T>(this);
        }

        public Tensor alias() => Memory.Alias.Call(this);

        // the first element, on whatever device it is
        internal void* Address()
        {
            void* address;
            Failure.Check(Native.sequence_tensor_data(Handle, &address), "data");
            GC.KeepAlive(this);
            return address;
        }

        // on the CPU, dense, and without a conjugation or a sign still to be applied: what plain memory access can read
        internal Tensor Readable()
        {
            var description = Describe();
            var tensor = this;
            if ((DeviceType)description.DeviceType != DeviceType.CPU)
                tensor = Memory.To.Call(tensor, Argument.None, Argument.None, CPU);
            if (description.Has(TensorFlags.Conjugated))
                tensor = Memory.ResolveConj.Call(tensor);
            if (description.Has(TensorFlags.Negated))
                tensor = Memory.ResolveNeg.Call(tensor);
            // backward may hand out zeros that have no memory at all; a copy has
            if (description.Count > 0 && tensor.Address() == null)
                tensor = tensor.clone();
            return tensor;
        }

        private static void RequireHostMemory(in Description description, string what)
        {
            if ((DeviceType)description.DeviceType != DeviceType.CPU)
                throw new InvalidOperationException($"{what}: the tensor is on {(DeviceType)description.DeviceType}; copy it with cpu() first.");
            if (!description.Has(TensorFlags.Contiguous) || description.Has(TensorFlags.Conjugated) || description.Has(TensorFlags.Negated))
                throw new InvalidOperationException($"{what}: the tensor is not contiguous; use contiguous() first.");
        }
    }
}
