using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Interop;

public sealed class OperatorTests
{
    [Fact]
    public void Trailing_arguments_take_the_defaults_of_the_schema()
    {
        using var scope = NewDisposeScope();
        var sum = Some.Add.Call(Some.Counting(2, 3), Some.Counting(2, 3));
        Assert.Equal([0f, 2, 4, 6, 8, 10], Some.Floats(sum));
        var weighted = Some.Add.Call(Some.Counting(3), Some.Counting(3), 10L);
        Assert.Equal([0f, 11, 22], Some.Floats(weighted));
    }

    [Fact]
    public void Default_in_the_middle_takes_the_default_of_the_schema()
    {
        using var scope = NewDisposeScope();
        var total = new Operator("sum", "dim_IntList").Call(Some.Counting(2, 3), new long[] { 1 }, Argument.Default, ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, total.dtype);
        Assert.Equal([3d, 12], total.data<double>().ToArray());
    }

    [Fact]
    public void An_integer_fits_a_float_a_scalar_a_list_and_a_tensor()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(2, 2);
        Assert.Equal([0f, 3, 6, 9], Some.Floats(Some.MulScalar.Call(x, 3L)));
        Assert.Equal([0f, 3, 6, 9], Some.Floats(Some.Mul.Call(x, 3L)));
        Assert.Equal([2f, 4], Some.Floats(new Operator("sum", "dim_IntList").Call(x, 0L)));
        var normal = new Operator("normal_").Call(Some.Zeros.Call(new long[] { 4 }), 5L, 0L);
        Assert.Equal([5f, 5, 5, 5], Some.Floats(normal));
    }

    [Fact]
    public void A_number_in_a_tensors_place_does_not_widen_its_dtype()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Float32, Some.Mul.Call(Some.Counting(2), 0.5).dtype);
    }

    [Fact]
    public void Lists_of_tensors_go_in_and_come_out()
    {
        using var scope = NewDisposeScope();
        var joined = Some.Cat.Call(Argument.Tensors([Some.Counting(2, 2), Some.Counting(1, 2)]), 0L);
        Assert.Equal([3L, 2], joined.shape);
        var parts = Some.Split.CallList(joined, 2L);
        Assert.Equal([[2L, 2], [1L, 2]], parts.Select(part => part.shape));
    }

    [Fact]
    public void Lists_longer_than_the_arena_go_in()
    {
        using var scope = NewDisposeScope();
        var many = Enumerable.Range(0, 1000).Select(i => Some.Counting(1)).ToArray();
        Assert.Equal([1000L], Some.Cat.Call(Argument.Tensors(many)).shape);
    }

    [Fact]
    public void Missing_indices_go_in_as_null()
    {
        using var scope = NewDisposeScope();
        var rows = TensorFactory.FromArray(new long[] { 1, 0 }, null, [2]);
        var picked = new Operator("index", "Tensor").Call(Some.Counting(2, 2), Argument.OptionalTensors([null, rows]));
        Assert.Equal([1f, 0, 3, 2], Some.Floats(picked));
    }

    [Fact]
    public void Two_and_three_results_come_out()
    {
        using var scope = NewDisposeScope();
        var (values, indices) = new Operator("max", "dim").Call2(Some.Counting(2, 3), 1L);
        Assert.Equal([2f, 5], Some.Floats(values));
        Assert.Equal([2L, 2], indices.data<long>().ToArray());
        var (output, mean, _) = new Operator("native_layer_norm").Call3(Some.Counting(2, 4), new long[] { 4 }, Argument.None, Argument.None, 1e-5);
        Assert.Equal([2L, 4], output.shape);
        Assert.Equal([1.5f, 5.5f], Some.Floats(mean));
    }

    [Fact]
    public void Numbers_come_out()
    {
        using var scope = NewDisposeScope();
        Assert.True(new Operator("equal").CallBool(Some.Counting(3), Some.Counting(3)));
        Assert.Equal(3L, new Operator("size", "int").CallLong(Some.Counting(3), 0L));
        Assert.Equal(7.0, new Operator("item").CallDouble(TensorFactory.FromArray(new[] { 7f }, null, [])));
    }

    [Fact]
    public void Strings_devices_and_dtypes_go_in()
    {
        using var scope = NewDisposeScope();
        var divided = new Operator("div", "Tensor_mode").Call(Some.Counting(4), 2L, "floor");
        Assert.Equal([0f, 0, 1, 1], Some.Floats(divided));
        var zeros = Some.Zeros.Call(new long[] { 2 }, ScalarType.Int64, Argument.None, CPU);
        Assert.Equal(ScalarType.Int64, zeros.dtype);
    }

    [Fact]
    public void Complex_numbers_go_in_and_come_out()
    {
        using var scope = NewDisposeScope();
        var full = new Operator("full").Call(new long[] { 1 }, (Scalar)new System.Numerics.Complex(1, -2));
        var scalar = full.ToScalar();
        Assert.Equal(new System.Numerics.Complex(1, -2), scalar.ToComplexFloat64());
    }

    [Fact]
    public void An_operator_that_is_not_there_names_the_overloads_that_are()
    {
        var missing = Assert.Throws<TorchException>(() => new Operator("add", "Tenser").Run());
        Assert.Contains("aten::add.Tenser", missing.Message);
        Assert.Matches("its overloads are .*Scalar.*Tensor", missing.Message);
        Assert.Contains("no operator of that name", Assert.Throws<TorchException>(() => new Operator("adddd").Run()).Message);
    }

    [Fact]
    public void A_failure_names_the_operator_the_shapes_and_the_reason()
    {
        using var scope = NewDisposeScope();
        var failure = Assert.Throws<TorchException>(() => Some.Matmul.Call(Some.Normal(2, 3), Some.Normal(4, 5)));
        Assert.StartsWith("matmul(Float32[2, 3], Float32[4, 5]): ", failure.Message);
        Assert.Contains("2x3 and 4x5", failure.Message);
        Assert.DoesNotContain("frame #", failure.Message);
        Assert.DoesNotContain("raised from", failure.Message);
    }

    [Fact]
    public void An_argument_of_the_wrong_kind_is_named()
    {
        using var scope = NewDisposeScope();
        var failure = Assert.Throws<TorchException>(() => Some.Transpose.Call(Some.Normal(2, 3), "first", 1L));
        Assert.Contains("argument 'dim0' is int, but a string was given", failure.Message);
    }

    [Fact]
    public void A_call_makes_one_object_and_no_other()
    {
        using var scope = NewDisposeScope();
        var x = Some.Normal(4, 4);
        for (var i = 0; i < 100; i++)
            Some.Add.Call(x, x).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Some.Add.Call(x, x).Dispose();
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        Assert.InRange(each, 1, 64);
    }
}
