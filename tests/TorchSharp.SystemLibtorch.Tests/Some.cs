using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

// Operators and tensors for tests of the core, which stand below the public surface.
internal static class Some
{
    internal static readonly Operator
        Add = new("add", "Tensor"), AddInPlace = new("add_", "Tensor"), Mul = new("mul", "Tensor"), Matmul = new("matmul"), Sum = new("sum"), Exp = new("exp"),
        Randn = new("randn"), Transpose = new("transpose", "int"), Cat = new("cat"), Split = new("split", "Tensor"), Zeros = new("zeros"),
        Uniform = new("uniform_"), Sub = new("sub", "Tensor"), MulScalar = new("mul", "Scalar"), ZeroInPlace = new("zero_"), View = new("view");

    internal static Tensor Normal(params long[] shape) => Randn.Call(shape);

    /// <summary>0, 1, 2, ... in the given shape.</summary>
    internal static Tensor Counting(params long[] shape)
    {
        var count = shape.Aggregate(1L, (product, size) => product * size);
        return TensorFactory.FromArray(Enumerable.Range(0, (int)count).Select(i => (float)i).ToArray(), null, shape);
    }

    /// <summary>Tensors alive, once the garbage of earlier tests has been freed and can't change the count any more.</summary>
    internal static long LivingTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    internal static float[] Floats(Tensor tensor) => tensor.data<float>().ToArray();
}
