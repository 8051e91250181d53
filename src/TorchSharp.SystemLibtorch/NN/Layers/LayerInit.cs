using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The initial values that layers give their parameters: PyTorch's defaults, drawn in PyTorch's order.</summary>
internal static class LayerInit
{
    /// <summary>
    /// Uniform in +-1/sqrt(fanIn). For weights this is kaiming_uniform with a = sqrt 5, whose gain sqrt(2 / (1 + 5))
    /// times sqrt(3 / fanIn) it equals.
    /// </summary>
    public static Parameter FanInUniform(long[] shape, long fanIn, Device? device, ScalarType? dtype)
    {
        var bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        return Make(shape, device, dtype, values => values.uniform_(-bound, bound));
    }

    public static Parameter Normal(long[] shape, Device? device, ScalarType? dtype) => Make(shape, device, dtype, values => values.normal_());

    public static Parameter Constant(double value, long[] shape, Device? device, ScalarType? dtype) => Make(shape, device, dtype, values => values.fill_(value));

    private static Parameter Make(long[] shape, Device? device, ScalarType? dtype, Action<Tensor> fill)
    {
        var values = empty(shape, dtype: dtype ?? get_default_dtype(), device: device ?? get_default_device());
        fill(values);
        return new Parameter(values);
    }
}
