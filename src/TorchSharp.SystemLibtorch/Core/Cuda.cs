using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of the libtorch that is loaded.</summary>
    public static unsafe string __version__ => Failure.Text(Native.sequence_version());

    public static bool cuda_is_available() => cuda.is_available();

    public static bool mps_is_available() => false;

    /// <summary>Does nothing: here every failed call throws at once, so no error waits to be looked for.</summary>
    public static void CheckForErrors() { }

    public static partial class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Math.Max(0, Native.sequence_cuda_device_count());

        public static bool is_cudnn_available() => Native.sequence_cuda_has_cudnn() > 0;

        public static void manual_seed(long seed) => torch.manual_seed(seed);

        public static void manual_seed_all(long seed) => torch.manual_seed(seed);

        /// <summary>Waits for all work on a device; null is the current one.</summary>
        public static void synchronize(Device? device = null) =>
            Failure.Check(Native.sequence_cuda_synchronize(device?.index ?? -1), nameof(synchronize));
    }

    public static partial class backends
    {
        public static partial class cuda
        {
            public static bool is_built() => torch.cuda.is_available();

            public static partial class matmul
            {
                /// <summary>Whether float32 products may round their factors to TensorFloat-32.</summary>
                public static bool allow_tf32
                {
                    get => Failure.Check(Native.sequence_cuda_tf32_get(), nameof(allow_tf32)) != 0;
                    set => Failure.Check(Native.sequence_cuda_tf32_set(value ? 1 : 0), nameof(allow_tf32));
                }
            }
        }

        public static partial class cudnn
        {
            public static bool is_available() => torch.cuda.is_cudnn_available();

            public static bool allow_tf32
            {
                get => Failure.Check(Native.sequence_cudnn_tf32_get(), nameof(allow_tf32)) != 0;
                set => Failure.Check(Native.sequence_cudnn_tf32_set(value ? 1 : 0), nameof(allow_tf32));
            }
        }
    }
}
