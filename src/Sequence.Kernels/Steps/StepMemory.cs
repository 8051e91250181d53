using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Steps;

/// <summary>Where the tensors of a step lie: asked anew at each step, since parameters may be moved, cast or loaded between two.</summary>
internal static unsafe class StepMemory
{
    /// <summary>The first element of a tensor that a step can work on.</summary>
    /// <exception cref="ArgumentException">The tensor is not on the CPU, not contiguous, or not in float32 or float64.</exception>
    public static void* Of(Tensor x)
    {
        if (x.dtype is not (ScalarType.Float32 or ScalarType.Float64) || x.device_type != DeviceType.CPU || !x.is_contiguous())
            throw new ArgumentException($"A fused step reads contiguous float32 or float64 on the CPU, not {x.dtype} on {x.device}{(x.is_contiguous() ? "" : ", not contiguous")}.", nameof(x));
        return Memory.Of<byte>(x);
    }

    /// <summary>The same for an element type that is known.</summary>
    public static T* Of<T>(Tensor x)
        where T : unmanaged
    {
        var first = Of(x);
        if ((x.dtype == ScalarType.Float64) != (typeof(T) == typeof(double)))
            throw new ArgumentException($"A tensor of {x.dtype} does not go with numbers of {typeof(T)}.", nameof(x));
        return (T*)first;
    }
}
