namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Move(device, dtype, non_blocking);

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                Move(new Device(deviceType, deviceIndex), null, non_blocking);

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Move(null, dtype, non_blocking);

            public Module _to(Tensor other, bool non_blocking) => _to(other.device, other.dtype, non_blocking);

            /// <summary>
            /// Moves every parameter, its gradient and every buffer. The tensor objects stay the same, so fields, tied
            /// weights and optimizers made before go on meaning the moved module.
            /// </summary>
            private Module Move(Device? device, ScalarType? dtype, bool non_blocking)
            {
                if (dtype is { } asked && !is_floating_point(asked) && !is_complex(asked))
                    throw new ArgumentException($"A module holds floating-point or complex numbers; it cannot be moved to {asked}.");

                foreach (var parameter in parameters())
                {
                    TensorMove.InPlace(parameter, device, dtype, non_blocking);
                    using var grad = parameter.grad;
                    if (grad is not null)
                        TensorMove.InPlace(grad, device, dtype, non_blocking);
                }
                foreach (var buffer in buffers())
                    TensorMove.InPlace(buffer, device, dtype, non_blocking);
                return this;
            }
        }
    }
}
