using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // To another dtype or device. Where nothing changes and no copy is asked for, the result is an alias of this tensor.
    public partial class Tensor
    {
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => To(type, null, copy, disposeAfter, non_blocking);
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => To(null, device, copy, disposeAfter, non_blocking);
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => To(null, new Device(device), copy, disposeAfter, non_blocking);
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => To(type, device, copy, disposeAfter, non_blocking);
        public Tensor to(Tensor other, bool non_blocking = false) => To(other.dtype, other.device, false, false, non_blocking);
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(null, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => To(type, null, copy, disposeAfter, non_blocking);
        public Tensor type(ScalarType dtype) => To(dtype, null);
        public Tensor type(Func<Tensor, Tensor> typeFunc) => typeFunc(this);
        public Tensor type_as(Tensor tensor) => To(tensor.dtype, null);

        public Tensor cpu() => To(null, CPU);
        public Tensor cuda(Device? device = null, bool non_blocking = false) => To(null, device ?? CUDA, false, false, non_blocking);
        public Tensor pin_memory() => Aten.pin_memory.Call(this);

        public Tensor @bool() => To(ScalarType.Bool, null);
        public Tensor @byte() => To(ScalarType.Byte, null);
        public Tensor @char() => To(ScalarType.Int8, null);
        public Tensor @short() => To(ScalarType.Int16, null);
        public Tensor @int() => To(ScalarType.Int32, null);
        public Tensor @long() => To(ScalarType.Int64, null);
        public Tensor half() => To(ScalarType.Float16, null);
        public Tensor bfloat16() => To(ScalarType.BFloat16, null);
        public Tensor @float() => To(ScalarType.Float32, null);
        public Tensor @double() => To(ScalarType.Float64, null);
        public Tensor cfloat() => To(ScalarType.ComplexFloat32, null);
        public Tensor cdouble() => To(ScalarType.ComplexFloat64, null);

        private Tensor To(ScalarType? type, Device? device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            Tensor moved = Aten.to_dtype_layout.Call(this, type, Argument.None, device, Argument.None, non_blocking, copy);
            if (disposeAfter)
            {
                Dispose();
            }

            return moved;
        }
    }
}

file static class Aten
{
    internal static readonly Operator to_dtype_layout = new("to", "dtype_layout"), pin_memory = new("pin_memory");
}
