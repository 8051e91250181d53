using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The memory that a tensor and its views share, on the CPU or on CUDA.</summary>
    public sealed unsafe class Storage<T> where T : unmanaged
    {
        private readonly Tensor _tensor;

        internal Storage(Tensor tensor) => _tensor = tensor;

        /// <summary>Its first byte; on CUDA a device pointer.</summary>
        public IntPtr data_ptr() => Read().Address;

        public ulong nbytes() => (ulong)Read().Bytes;

        private (IntPtr Address, long Bytes) Read()
        {
            void* address;
            long bytes;
            Failure.Check(Native.sequence_tensor_storage(_tensor.Handle, &address, &bytes), "storage");
            GC.KeepAlive(_tensor);
            return ((IntPtr)address, bytes);
        }
    }
}
