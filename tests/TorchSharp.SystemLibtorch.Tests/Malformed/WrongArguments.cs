using TorchSharp.Interop;
using static TorchSharp.Tests.Malformed.MalformedCall;

namespace TorchSharp.Tests.Malformed;

// Disposed tensors, null, missing and surplus arguments, and values of another kind than the schema's.
internal static class WrongArguments
{
    private static readonly (string Name, string Overload, Func<Argument[]> Others)[] s_unary =
    [
        ("exp", "", () => []), ("sum", "", () => []), ("clone", "", () => []), ("softmax", "int", () => [0L]), ("view", "", () => [new long[] { -1 }]),
        ("transpose", "int", () => [0L, 0L]), ("add", "Tensor", () => [Some.Normal(2)]), ("matmul", "", () => [Some.Normal(2)]), ("mul", "Scalar", () => [2.0]),
        ("index_select", "", () => [0L, Some.Normal(1)]), ("copy_", "", () => [Some.Normal(2)]), ("to", "dtype", () => [torch.ScalarType.Int64]),
    ];

    internal static IEnumerable<MalformedCall> Calls => [.. Disposed, .. Null, .. OtherKinds, .. OutsideOperators];

    private static IEnumerable<MalformedCall> Disposed =>
        s_unary.Select(call => Of("a disposed tensor", call.Name, call.Overload, () => [Gone(), .. call.Others()]))
            .Append(Of("a disposed second tensor", "add", "Tensor", () => [Some.Normal(2), Gone()]))
            .Append(Of("a disposed tensor in a list", "cat", "", () => [Argument.Tensors([Some.Normal(2), Gone()])]))
            .Append(Of("a disposed generator", "uniform_", "", () => [Some.Normal(2), 0.0, 1.0, GoneGenerator()]));

    private static IEnumerable<MalformedCall> Null =>
        s_unary.Select(call => Of("null as tensor", call.Name, call.Overload, () => [Argument.None, .. call.Others()]))
            .Append(Of("null in a list", "cat", "", () => [Argument.Tensors([Some.Normal(2), null!])]))
            .Append(Of("null as size", "view", "", () => [Some.Normal(2), Argument.None]));

    private static IEnumerable<MalformedCall> OtherKinds =>
    [
        Of("nothing given", "add", "Tensor", () => []),
        Of("one argument missing", "add", "Tensor", () => [Some.Normal(2)]),
        Of("too many arguments", "exp", "", () => [Some.Normal(2), 1L, 2L]),
        Of("a string as tensor", "exp", "", () => ["x"]),
        Of("a list as tensor", "exp", "", () => [Argument.Tensors([Some.Normal(2)])]),
        Of("a tensor as list", "cat", "", () => [Some.Normal(2)]),
        Of("a tensor as dimension", "softmax", "int", () => [Some.Normal(2), Some.Normal(1)]),
        Of("a float as dimension", "softmax", "int", () => [Some.Normal(2), 0.5]),
        Of("a truth as dimension", "softmax", "int", () => [Some.Normal(2), true]),
        Of("floats as sizes", "view", "", () => [Some.Normal(2), new[] { 2.0 }]),
        Of("a device as dimension", "softmax", "int", () => [Some.Normal(2), torch.CPU]),
        Of("a number as device", "zeros", "", () => [new long[] { 2 }, Argument.None, Argument.None, 0L]),
        Of("a number as string", "einsum", "", () => [1L, Argument.Tensors([Some.Normal(2)])]),
        Of("an integer as truth", "sum", "dim_IntList", () => [Some.Normal(2), new long[] { 0 }, 1L]),
        Of("an operator that is not there", "no_such_operator", "", () => [Some.Normal(2)]),
        Of("an overload that is not there", "add", "no_such_overload", () => [Some.Normal(2)]),
    ];

    private static IEnumerable<MalformedCall> OutsideOperators =>
    [
        new("backward: not a number", () => Some.Normal(3).requires_grad_().backward()),
        new("backward: no graph", () => Some.Normal().backward()),
        new("backward: disposed", () => Gone().backward()),
        new("backward: gradient of another shape", () => Some.Exp.Call(Some.Normal(3).requires_grad_()).backward([Some.Normal(4)])),
        new("backward: gradients in another number", () => torch.autograd.backward([Some.Exp.Call(Some.Normal(3).requires_grad_())], [])),
        new("grad: unused input", () => torch.autograd.grad([Some.Sum.Call(Some.Normal(3).requires_grad_())], [Some.Normal(3).requires_grad_()])),
        new("grad: input without gradient", () => torch.autograd.grad([Some.Sum.Call(Some.Normal(3).requires_grad_())], [Some.Normal(3)])),
        new("grad: no outputs", () => torch.autograd.grad([], [Some.Normal(3).requires_grad_()])),
        new("grad =: another shape", () => Some.Normal(3).requires_grad_().grad = Some.Normal(4)),
        new("grad =: another type", () => Some.Normal(3).requires_grad_().grad = new Operator("to", "dtype").Call(Some.Normal(3), torch.ScalarType.Float64)),
        new("retain_grad: no gradient", () => Some.Normal(3).retain_grad()),
        new("requires_grad: integers", () => new Operator("to", "dtype").Call(Some.Normal(3), torch.ScalarType.Int64).requires_grad = true),
        new("requires_grad: off for a result", () => Some.Exp.Call(Some.Normal(3).requires_grad_()).requires_grad = false),
        new("shape: disposed", () => _ = Gone().shape),
        new("dtype: disposed", () => _ = Gone().dtype),
        new("size: dimension not there", () => Some.Normal(3).size(1)),
        new("stride: dimension not there", () => Some.Normal(3).stride(-2)),
        new("bytes: not contiguous", () => _ = Some.Transpose.Call(Some.Normal(2, 3), 0L, 1L).bytes.Length),
        new("bytes: on meta", () => _ = Some.Zeros.Call(new long[] { 2 }, Argument.None, Argument.None, torch.META).bytes.Length),
        new("bytes =: another length", () => Some.Normal(3).bytes = new byte[5]),
        new("data: another type", () => Some.Normal(3).data<double>()),
        new("data: index past the end", () => _ = Some.Normal(3).data<float>()[3]),
        new("data: disposed after", () => { var tensor = Some.Normal(3); var data = tensor.data<float>(); tensor.Dispose(); data.ToArray(); }),
        new("item: another type", () => TensorFactory.FromArray(new[] { 1f }, null, []).item<int>()),
        new("item: two elements", () => Some.Normal(2).item<float>()),
        new("from array: another count", () => TensorFactory.FromArray(new float[3], null, [2, 2])),
        new("from array: negative size", () => TensorFactory.FromArray(new float[3], null, [-3])),
        new("from array: no such elements", () => TensorFactory.FromArray(new string[3], null, [3])),
        new("device: not there", () => torch.device("gpu")),
        new("device: no number", () => torch.device("cuda:first")),
        new("device: unknown type", () => torch.device(DeviceType.XLA)),
        new("default dtype: integers", () => torch.set_default_dtype(torch.ScalarType.Int64)),
        new("rng state: another shape", () => torch.set_rng_state(Some.Normal(3))),
        new("threads: none", () => torch.set_num_threads(0)),
        new("scope: ended", () => { var scope = torch.NewDisposeScope(); scope.Dispose(); scope.Attach(Some.Normal(2)); }),
        new("decouple: disposed", () => Gone().DecoupleFromNativeHandle()),
    ];

    private static torch.Tensor Gone()
    {
        var tensor = Some.Normal(2);
        tensor.Dispose();
        return tensor;
    }

    private static torch.Generator GoneGenerator()
    {
        var generator = new torch.Generator(1);
        generator.Dispose();
        return generator;
    }
}
