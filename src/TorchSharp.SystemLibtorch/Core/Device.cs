using System.Globalization;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Where a tensor lives. As in TorchSharp, <c>==</c> compares references: compare <see cref="type"/> and <see cref="index"/>.</summary>
    public class Device
    {
        public Device(string description)
        {
            var (name, number) = Parts(description);
            type = TypeOf(name, description);
            index = number;
            InitializeDevice(this);
        }

        public Device(string deviceType, int index = -1) : this(TypeOf(deviceType, deviceType), index) { }

        public Device(int index) : this(DeviceType.CUDA, index) { }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
            InitializeDevice(this);
        }

        private Device(DeviceType type, int index, bool known)
        {
            this.type = type;
            this.index = index;
        }

        public DeviceType type { get; }

        /// <summary>-1 where none was named: the current one of its type.</summary>
        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return index < 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{index}");
        }

        internal long Packed => (uint)type | ((long)index << 32);

        internal static Device Unpack(long packed) => Existing((DeviceType)(int)packed, (int)(packed >> 32));

        // of a tensor that is there, so the device is too
        internal static Device Existing(DeviceType type, int index) =>
            type == DeviceType.CPU && index < 0 ? CPU : new Device(type, index, known: true);

        private static (string Name, int Index) Parts(string description)
        {
            ArgumentNullException.ThrowIfNull(description);
            var colon = description.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                return (description, -1);
            if (!int.TryParse(description.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new ArgumentException($"'{description}' is not a device: after the colon stands its number, as in cuda:0.", nameof(description));
            return (description[..colon], number);
        }

        private static DeviceType TypeOf(string name, string description) => name switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            "mkldnn" => DeviceType.MKLDNN,
            "hip" => DeviceType.HIP,
            "xla" => DeviceType.XLA,
            "mps" => DeviceType.MPS,
            "meta" => DeviceType.META,
            _ => throw new ArgumentException($"'{description}' is not a device: there are cpu, cuda, cuda:0, mps and meta.", nameof(description)),
        };
    }

    public static readonly Device CPU = new(DeviceType.CPU);
    public static readonly Device META = new(DeviceType.META);

    private static Device? _defaultDevice;

    public static Device CUDA => new(DeviceType.CUDA);
    public static Device MPS => new(DeviceType.MPS);

    public static Device device(string description) => new(description);
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);
    public static Device device(int index) => new(index);

    /// <summary>Where factories put tensors when no device is named.</summary>
    public static Device get_default_device() => _defaultDevice ?? CPU;
    public static void set_default_device(Device device) => _defaultDevice = device ?? throw new ArgumentNullException(nameof(device));
    public static void set_default_device(string device) => set_default_device(new Device(device));

    private static ScalarType _defaultDtype = ScalarType.Float32;

    public static ScalarType get_default_dtype() => _defaultDtype;

    /// <exception cref="ArgumentException">The type is not a floating-point one.</exception>
    public static void set_default_dtype(ScalarType dtype)
    {
        if (!is_floating_point(dtype))
            throw new ArgumentException($"the default dtype has to be a floating-point one, not {dtype}", nameof(dtype));
        Failure.Check(Native.sequence_default_dtype_set((int)dtype), "set_default_dtype");
        _defaultDtype = dtype;
    }

    /// <exception cref="InvalidOperationException">This machine or this libtorch has no such device.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException(
                deviceType == DeviceType.CUDA
                    ? "CUDA is not available: this libtorch has none, or no GPU was found. torch.cuda.is_available() tells beforehand."
                    : $"{deviceType} is not available: this libtorch runs on the CPU and on CUDA.");
        }
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CPU or DeviceType.META => true,
        DeviceType.CUDA => cuda.is_available(),
        _ => false,
    };

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        if (device.type == DeviceType.CUDA && device.index >= cuda.device_count())
            throw new InvalidOperationException($"there is no device {device}: this machine has {cuda.device_count()} CUDA device(s).");
        return device;
    }
}
