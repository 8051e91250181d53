using TorchSharp;
#if TORCH_SYSTEM
using static TorchSharp.torch;
#endif

namespace Sequence.Kernels;

/// <summary>
/// Automatic mixed precision on this thread, as gradients are off until the end of <c>no_grad</c>: products (linear maps, convolutions, attention) round
/// their float32 factors to bfloat16, and give bfloat16. Parameters stay float32, and so do their gradients. Scopes are for forward passes: backward takes
/// the element types of the forward pass, and is called after their end.
/// </summary>
public static class MixedPrecision
{
#if TORCH_SYSTEM
    /// <summary>Why products cannot be rounded here, in words; null where they can.</summary>
    public static string? Refusal => null;

    /// <summary>Begins products in bfloat16 on a type of device; the disposal of the result ends them.</summary>
    public static IDisposable Products(DeviceType device) => SystemLibtorch.Autocast(device, ScalarType.BFloat16);

    /// <summary>Begins exact products within such a scope: of what makes states, which are never narrower than float32. Null where no scope is open.</summary>
    public static IDisposable? Exact(DeviceType device) => Element(device) is null ? null : SystemLibtorch.Autocast(device, null);

    /// <summary>What products round their factors to on a type of device; null where no scope is open.</summary>
    internal static ScalarType? Element(DeviceType device) => SystemLibtorch.AutocastType(device);
#else
    /// <summary>Why products cannot be rounded here, in words; null where they can.</summary>
    public static string? Refusal => "this tensor library offers no automatic mixed precision: build with -p:TorchProvider=system";

    /// <summary>Begins products in bfloat16 on a type of device; the disposal of the result ends them.</summary>
    /// <exception cref="NotSupportedException">Always: see <see cref="Refusal"/>.</exception>
    public static IDisposable Products(DeviceType device) => throw new NotSupportedException($"Products are not in bfloat16: {Refusal}.");

    /// <summary>Begins exact products within such a scope: of what makes states, which are never narrower than float32. Null where no scope is open.</summary>
    public static IDisposable? Exact(DeviceType device) => null;

    /// <summary>What products round their factors to on a type of device; null where no scope is open.</summary>
    internal static torch.ScalarType? Element(DeviceType device) => null;
#endif
}
