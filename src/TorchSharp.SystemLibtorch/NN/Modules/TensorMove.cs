using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Changes device and element type behind a tensor's back: whoever holds the tensor holds the moved one.</summary>
internal static class TensorMove
{
    private static readonly Operator s_setData = new("set_data");

    /// <param name="dtype">For floating-point and complex tensors only; integers and booleans keep theirs.</param>
    public static void InPlace(Tensor tensor, Device? device, ScalarType? dtype, bool nonBlocking)
    {
        var here = tensor.device;
        var target = device is null || IsSame(here, device) ? here : device;
        var type = dtype is { } asked ? Counterpart(tensor.dtype, asked) : tensor.dtype;
        if (ReferenceEquals(target, here) && type == tensor.dtype)
            return;

        using var frozen = no_grad();
        using var plain = tensor.detach();
        using var moved = plain.to(type, target, non_blocking: nonBlocking);
        s_setData.Run(tensor, moved);
    }

    // an index of -1 means the current device of that type: a tensor already there stays where it is
    private static bool IsSame(Device here, Device there) =>
        here.type == there.type && (there.index < 0 || here.index == there.index || here.type == DeviceType.CPU);

    /// <summary>The type that a tensor of type <paramref name="from"/> gets: complex tensors never lose their imaginary part.</summary>
    private static ScalarType Counterpart(ScalarType from, ScalarType asked) => (is_floating_point(from), is_complex(from), asked) switch
    {
        (true, _, _) => asked,
        (_, true, ScalarType.Float32) => ScalarType.ComplexFloat32,
        (_, true, ScalarType.Float64) => ScalarType.ComplexFloat64,
        (_, true, _) when is_complex(asked) => asked,
        _ => from,
    };
}
