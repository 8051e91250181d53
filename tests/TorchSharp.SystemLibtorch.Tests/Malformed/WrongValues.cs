using TorchSharp.Interop;
using static TorchSharp.Tests.Malformed.MalformedCall;

namespace TorchSharp.Tests.Malformed;

// Element types, indices, numbers and devices that the operator can't work with.
internal static class WrongValues
{
    internal static IEnumerable<MalformedCall> Calls =>
    [
        Of("integers and floats", "matmul", "", () => [Some.Normal(2, 2), Longs(2, 2)]),
        Of("integers and floats", "mm", "", () => [Longs(2, 2), Some.Normal(2, 2)]),
        Of("integers and floats", "linear", "", () => [Longs(2, 2), Some.Normal(2, 2)]),
        Of("floats as indices", "index_select", "", () => [Some.Normal(3), 0L, Some.Normal(2)]),
        Of("index past the end", "index_select", "", () => [Some.Normal(3), 0L, Longs(5)]),
        Of("floats as indices", "gather", "", () => [Some.Normal(3), 0L, Some.Normal(3)]),
        Of("index past the end", "gather", "", () => [Some.Normal(3), 0L, Longs(5)]),
        Of("ranks differ", "gather", "", () => [Some.Normal(3), 0L, Longs(2, 2)]),
        Of("index past the end", "scatter", "value", () => [Some.Normal(3), 0L, Longs(5), 1.0]),
        Of("index past the end", "take", "", () => [Some.Normal(3), Longs(5)]),
        Of("index past the end", "index", "Tensor", () => [Some.Normal(3), Argument.OptionalTensors([Longs(5)])]),
        Of("too many indices", "index", "Tensor", () => [Some.Normal(3), Argument.OptionalTensors([Longs(2), Longs(2)])]),
        Of("floats as indices", "index", "Tensor", () => [Some.Normal(3), Argument.OptionalTensors([Some.Normal(2)])]),
        Of("mask of another shape", "index", "Tensor", () => [Some.Normal(3), Argument.OptionalTensors([Bools(4)])]),
        Of("floats as indices", "embedding", "", () => [Some.Normal(3, 2), Some.Normal(2)]),
        Of("index past the end", "embedding", "", () => [Some.Normal(3, 2), Longs(5)]),
        Of("a vector of weights", "embedding", "", () => [Some.Normal(3), Longs(2)]),
        Of("class past the end", "nll_loss_nd", "", () => [Some.Normal(5, 3), Longs(5)]),
        Of("classes as floats", "nll_loss_nd", "", () => [Some.Normal(5, 3), Some.Normal(5)]),
        Of("batches differ", "cross_entropy_loss", "", () => [Some.Normal(5, 3), Longs(2)]),
        Of("reduction not there", "mse_loss", "", () => [Some.Normal(2), Some.Normal(2, 3), 7L]),
        Of("floats as mask", "masked_fill", "Scalar", () => [Some.Normal(3), Some.Normal(3), 0.0]),
        Of("floats as mask", "masked_select", "", () => [Some.Normal(3), Some.Normal(3)]),
        Of("negative class", "one_hot", "", () => [new Operator("neg").Call(Longs(3))]),
        Of("floats as classes", "one_hot", "", () => [Some.Normal(3)]),
        Of("probability above one", "dropout", "", () => [Some.Normal(3), 2.0, true]),
        Of("probability above one", "bernoulli", "p", () => [Some.Normal(3), 2.0]),
        Of("negative weights", "multinomial", "", () => [new Operator("neg").Call(Some.Counting(3)), 1L]),
        Of("more draws than weights", "multinomial", "", () => [Some.Counting(3), 4L]),
        Of("negative deviation", "normal_", "", () => [Some.Normal(3), 0.0, -1.0]),
        Of("bounds the wrong way round", "uniform_", "", () => [Some.Normal(3), 1.0, 0.0]),
        Of("bits of floats", "bitwise_and", "Tensor", () => [Some.Normal(3), Some.Normal(3)]),
        Of("bits of floats", "bitwise_not", "", () => [Some.Normal(3)]),
        Of("truths subtracted", "sub", "Tensor", () => [Bools(3), Bools(3)]),
        Of("truth negated", "neg", "", () => [Bools(3)]),
        Of("integers divided by zero", "div", "Tensor_mode", () => [Longs(3), Some.Zeros.Call(new long[] { 3 }, torch.ScalarType.Int64), "floor"]),
        Of("remainder by zero", "remainder", "Tensor", () => [Longs(3), Some.Zeros.Call(new long[] { 3 }, torch.ScalarType.Int64)]),
        Of("rounding not there", "div", "Tensor_mode", () => [Some.Normal(3), Some.Normal(3), "up"]),
        Of("integers to a negative power", "pow", "Tensor_Scalar", () => [Longs(3), -1L]),
        Of("mean of integers", "mean", "", () => [Longs(3)]),
        Of("float result in integers", "add_", "Tensor", () => [Longs(3), Some.Normal(3)]),
        Of("float result in integers", "div_", "Tensor", () => [Longs(3), Longs(3)]),
        Of("complex as order", "lt", "Tensor", () => [Complexes(2), Complexes(2)]),
        Of("complex sorted", "sort", "", () => [Complexes(2)]),
        Of("floats as complex", "complex", "", () => [Longs(3), Longs(3)]),
        Of("odd parts", "view_as_complex", "", () => [Some.Normal(3)]),
        Of("element type not there", "to", "dtype", () => [Some.Normal(3), 99L]),
        Of("quantised type", "to", "dtype", () => [Some.Normal(3), torch.ScalarType.QInt8]),
        Of("normalisation of integers", "layer_norm", "", () => [Longs(2), new long[] { 2 }]),
        Of("softmax of integers", "softmax", "int", () => [Longs(2), 0L]),
        Of("determinant of integers", "linalg_det", "", () => [Longs(2, 2)]),
        Of("gradient of integers", "to", "dtype", () => [Longs(2).requires_grad_(), torch.ScalarType.Float32]),
        Of("storage on meta", "item", "", () => [Meta(1)]),
        Of("generator of another seed type", "uniform_", "", () => [Some.Normal(3), 0.0, 1.0, "generator"]),
        Of("leaf changed in place", "add_", "Tensor", () => [Some.Normal(3).requires_grad_(), 1L]),
    ];

    private static torch.Tensor Longs(params long[] shape) => new Operator("to", "dtype").Call(Some.Counting(shape), torch.ScalarType.Int64);

    private static torch.Tensor Bools(params long[] shape) => new Operator("to", "dtype").Call(Some.Counting(shape), torch.ScalarType.Bool);

    private static torch.Tensor Complexes(params long[] shape) => new Operator("to", "dtype").Call(Some.Counting(shape), torch.ScalarType.ComplexFloat64);

    private static torch.Tensor Meta(params long[] shape) => Some.Zeros.Call(shape, Argument.None, Argument.None, torch.META);
}
