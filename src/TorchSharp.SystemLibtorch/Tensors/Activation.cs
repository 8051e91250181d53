using TorchSharp.Interop;
using static TorchSharp.Modules.GELU;

namespace TorchSharp;

public static partial class torch
{
    // Activations and normalised exponentials.
    public partial class Tensor
    {
        public Tensor relu() => Aten.relu.Call(this);
        public Tensor relu_() => InPlace(Aten.relu_, this);
        public Tensor relu6() => Aten.relu6.Call(this);
        public Tensor relu6_() => InPlace(Aten.relu6_, this);
        public Tensor leaky_relu(Scalar negative_slope) => Aten.leaky_relu.Call(this, negative_slope);
        public Tensor leaky_relu_(Scalar negative_slope) => InPlace(Aten.leaky_relu_, this, negative_slope);
        public Tensor elu(Scalar alpha, Scalar scale, Scalar input_scale) => Aten.elu.Call(this, alpha, scale, input_scale);
        public Tensor elu(double alpha = 1) => Aten.elu.Call(this, alpha);
        public Tensor elu_(Scalar alpha, Scalar scale, Scalar input_scale) => InPlace(Aten.elu_, this, alpha, scale, input_scale);
        public Tensor elu_(double alpha = 1) => InPlace(Aten.elu_, this, alpha);
        public Tensor celu() => Aten.celu.Call(this);
        public Tensor celu(Scalar alpha) => Aten.celu.Call(this, alpha);
        public Tensor celu_() => InPlace(Aten.celu_, this);
        public Tensor celu_(Scalar alpha) => InPlace(Aten.celu_, this, alpha);
        public Tensor selu() => Aten.selu.Call(this);
        public Tensor selu_() => InPlace(Aten.selu_, this);
        public Tensor gelu() => Aten.gelu.Call(this);
        public Tensor gelu(Approximate approximate) => Aten.gelu.Call(this, approximate.ToString());
        public Tensor gelu_() => InPlace(Aten.gelu_, this);
        public Tensor gelu_(Approximate approximate) => InPlace(Aten.gelu_, this, approximate.ToString());
        public Tensor silu() => Aten.silu.Call(this);
        public Tensor silu_() => InPlace(Aten.silu_, this);
        public Tensor hardsigmoid() => Aten.hardsigmoid.Call(this);
        public Tensor hardsigmoid_() => InPlace(Aten.hardsigmoid_, this);
        public Tensor hardswish() => Aten.hardswish.Call(this);
        public Tensor hardswish_() => InPlace(Aten.hardswish_, this);
        public Tensor hardtanh(Scalar min, Scalar max) => Aten.hardtanh.Call(this, min, max);
        public Tensor hardtanh_(Scalar min, Scalar max) => InPlace(Aten.hardtanh_, this, min, max);
        public Tensor threshold(Scalar threshold, Scalar value) => Aten.threshold.Call(this, threshold, value);
        public Tensor threshold_(Scalar threshold, Scalar value) => InPlace(Aten.threshold_, this, threshold, value);
        public Tensor glu(long dim = -1) => Aten.glu.Call(this, dim);

        public Tensor softplus(double beta = 1, double threshold = 20) => Aten.softplus.Call(this, beta, threshold);
        public Tensor log_sigmoid() => Aten.log_sigmoid.Call(this);
        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.softmax_int.Call(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.log_softmax_int.Call(this, dim, dtype);
    }
}

file static class Aten
{
    internal static readonly Operator
        relu = new("relu"), relu_ = new("relu_"), relu6 = new("relu6"), relu6_ = new("relu6_"), leaky_relu = new("leaky_relu"),
        leaky_relu_ = new("leaky_relu_"), elu = new("elu"), elu_ = new("elu_"), celu = new("celu"), celu_ = new("celu_"), selu = new("selu"),
        selu_ = new("selu_"), gelu = new("gelu"), gelu_ = new("gelu_"), silu = new("silu"), silu_ = new("silu_"), hardsigmoid = new("hardsigmoid"),
        hardsigmoid_ = new("hardsigmoid_"), hardswish = new("hardswish"), hardswish_ = new("hardswish_"), hardtanh = new("hardtanh"),
        hardtanh_ = new("hardtanh_"), threshold = new("threshold"), threshold_ = new("threshold_"), glu = new("glu"), softplus = new("softplus"),
        log_sigmoid = new("log_sigmoid"), softmax_int = new("softmax", "int"), log_softmax_int = new("log_softmax", "int");
}
