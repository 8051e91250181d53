using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class TensorTests
{
    public static TheoryData<long[]> Shapes => [[], [0], [1], [63], [2, 3, 65], [100, 0, 2]];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Metadata_says_what_was_made(long[] shape)
    {
        using var scope = NewDisposeScope();
        var tensor = Some.Counting(shape);
        Assert.Equal(shape, tensor.shape);
        Assert.Equal(shape.TotalSize(), tensor.NumberOfElements);
        Assert.Equal((shape.Length, shape.Length), (tensor.ndim, tensor.dim()));
        Assert.Equal(ScalarType.Float32, tensor.dtype);
        Assert.Equal(4, tensor.ElementSize);
        Assert.Equal(DeviceType.CPU, tensor.device_type);
        Assert.Equal("cpu", tensor.device.ToString());
        Assert.True(tensor.is_contiguous());
        for (var dim = 0; dim < shape.Length; dim++)
            Assert.Equal(shape[dim], tensor.size(dim - shape.Length));
    }

    [Fact]
    public void Strides_belong_to_the_view()
    {
        using var scope = NewDisposeScope();
        var turned = Some.Transpose.Call(Some.Counting(2, 3), 0L, 1L);
        Assert.Equal([1L, 3], turned.stride());
        Assert.Equal(3L, turned.stride(-1));
        Assert.False(turned.is_contiguous());
        Assert.Equal([0f, 3, 1, 4, 2, 5], Some.Floats(turned));
        Assert.Equal(new float[,] { { 0, 3 }, { 1, 4 }, { 2, 5 } }, turned.data<float>().ToNDArray());
    }

    [Fact]
    public void Data_is_the_tensors_own_memory()
    {
        using var scope = NewDisposeScope();
        var tensor = Some.Counting(2, 3);
        var data = tensor.data<float>();
        data[1, 2] = 50;
        Assert.Equal(50f, tensor.data<float>()[1, 2]);
        data.CopyFrom([7f, 8f], tensorIndex: 1);
        Assert.Equal([0f, 7, 8, 3, 4, 50], data);
        tensor.bytes.Clear();
        Assert.Equal(new float[6], data.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Bytes_go_through_a_stream_and_come_back(int count)
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        Some.Counting(count).WriteBytesToStream(stream);
        stream.Position = 0;
        var read = Some.Zeros.Call(new long[] { count });
        read.ReadBytesFromStream(stream);
        Assert.True(read.Equals(Some.Counting(count)));
        Assert.Throws<EndOfStreamException>(() => read.ReadBytesFromStream(stream));
    }

    [Fact]
    public void One_element_comes_out_as_its_own_type_or_converted()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(3.5f, One(3.5f).item<float>());
        Assert.Equal(3L, One(3L).item<long>());
        Assert.Equal((short)-3, One((short)-3).item<short>());
        Assert.True(One(true).item<bool>());
        Assert.Equal(3.5, One(3.5f).ToDouble());
        Assert.Equal(3, One(3.5f).ToInt32());
        Assert.Equal(3f, One(3L).ToSingle());
        Assert.Equal((1f, -2f), One((1f, -2f)).item<(float, float)>());
    }

    [Fact]
    public void An_array_is_copied_unless_the_tensor_is_laid_over_it()
    {
        using var scope = NewDisposeScope();
        var array = new[] { 1f, 2, 3 };
        var copy = TensorFactory.FromArray(array, null, [3]);
        var over = TensorFactory.Over(array, [3]);
        array[0] = 10;
        Assert.Equal([1f, 2, 3], Some.Floats(copy));
        Assert.Equal([10f, 2, 3], Some.Floats(over));
    }

    [Fact]
    public void An_array_converts_to_the_dtype_asked_for()
    {
        using var scope = NewDisposeScope();
        var made = TensorFactory.FromArray(new int[,] { { 1, 2 }, { 3, 4 } }, ScalarType.BFloat16, [2, 2]);
        Assert.Equal(ScalarType.BFloat16, made.dtype);
        Assert.Equal([1f, 2, 3, 4], made.data<BFloat16>().Select(value => value.ToSingle()));
    }

    [Fact]
    public void Memory_under_a_tensor_lives_as_long_as_a_view_of_it()
    {
        using var scope = NewDisposeScope();
        var (array, view) = ViewOfForgotten();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(array.IsAlive);
        Assert.Equal([5f, 6], Some.Floats(view));
        view.Dispose();
        for (var i = 0; i < 5 && array.IsAlive; i++)
            GC.Collect();
        Assert.False(array.IsAlive);
    }

    [Fact]
    public void The_storage_starts_where_the_first_view_does()
    {
        using var scope = NewDisposeScope();
        var tensor = Some.Counting(2, 3);
        var row = new Operator("select", "int").Call(tensor, 0L, 1L);
        Assert.Equal(3, row.storage_offset());
        Assert.Equal(tensor.storage<float>().data_ptr(), row.storage<float>().data_ptr());
        Assert.Equal(24UL, row.storage<float>().nbytes());
        Assert.Equal(TorchSharp.SystemLibtorch.Address(row), row.storage<float>().data_ptr() + 12);
    }

    [Fact]
    public void Equal_means_same_shape_dtype_and_elements()
    {
        using var scope = NewDisposeScope();
        Assert.True(Some.Counting(2, 3).Equals(Some.Counting(2, 3)));
        Assert.False(Some.Counting(2, 3).Equals(Some.Counting(3, 2)));
        Assert.False(Some.Counting(3).Equals(TensorFactory.FromArray(new[] { 0d, 1, 2 }, null, [3])));
        Assert.False(Some.Counting(3).Equals(null!));
    }

    [Fact]
    public void A_native_reference_given_away_can_be_taken_up_again()
    {
        using var scope = NewDisposeScope();
        var tensor = Some.Counting(3);
        var again = Tensor.UnsafeCreateTensor(tensor.DecoupleFromNativeHandle());
        Assert.True(tensor.IsInvalid);
        Assert.Equal([0f, 1, 2], Some.Floats(again));
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public async Task A_tensor_can_be_used_from_any_thread()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(100);
        var sums = await Task.WhenAll(Enumerable.Range(1, 8).Select(factor => Task.Run(() =>
        {
            using var own = NewDisposeScope();
            var total = 0f;
            for (var i = 0; i < 100; i++)
                total = Some.Sum.Call(Some.MulScalar.Call(x, (long)factor)).ToSingle();
            return total;
        })));
        Assert.Equal(Enumerable.Range(1, 8).Select(factor => 4950f * factor), sums);
    }

    [Theory]
    [InlineData(ScalarType.Bool, 1, true, false, false)]
    [InlineData(ScalarType.Byte, 1, true, false, false)]
    [InlineData(ScalarType.Int64, 8, true, false, false)]
    [InlineData(ScalarType.BFloat16, 2, false, true, false)]
    [InlineData(ScalarType.Float64, 8, false, true, false)]
    [InlineData(ScalarType.ComplexFloat32, 8, false, false, true)]
    public void A_dtype_has_a_size_and_a_kind(ScalarType type, int size, bool integral, bool floating, bool complex)
    {
        using var scope = NewDisposeScope();
        var tensor = zeros(3, dtype: type);
        Assert.Equal(size, tensor.element_size());
        Assert.Equal((integral, floating, complex), (tensor.is_integral(), tensor.is_floating_point(), tensor.is_complex()));
        Assert.Equal((integral, floating, complex), (torch.is_integral(type), torch.is_floating_point(type), torch.is_complex(type)));
        Assert.True(tensor.is_cpu());
    }

    [Fact]
    public void A_conjugate_is_a_view_that_says_so()
    {
        using var scope = NewDisposeScope();
        var z = torch.tensor(new[] { (1f, 2f) });
        Assert.False(z.is_conj());
        Assert.True(z.conj().is_conj());
    }

    [Fact]
    public void One_element_is_zero_or_not()
    {
        using var scope = NewDisposeScope();
        Assert.True(One(-2f).is_nonzero());
        Assert.False(One(0f).is_nonzero());
        Assert.Throws<TorchException>(() => Some.Counting(2).is_nonzero());
    }

    [Fact]
    public void An_alias_is_another_object_over_the_same_memory()
    {
        using var scope = NewDisposeScope();
        var tensor = Some.Counting(3);
        var alias = tensor.alias();
        alias.data<float>()[1] = 50;
        Assert.Equal([0f, 50, 2], Some.Floats(tensor));
        Assert.Equal(tensor.GetHashCode(), tensor.GetHashCode());
        Assert.Equal(2, new HashSet<Tensor>(ReferenceEqualityComparer.Instance) { tensor, alias, tensor }.Count);
    }

    private static Tensor One<T>(T value) where T : unmanaged => TensorFactory.FromArray(new[] { value }, null, []);

    private static (WeakReference Array, Tensor View) ViewOfForgotten()
    {
        var array = new[] { 4f, 5, 6 };
        using var over = TensorFactory.Over(array, [3]);
        return (new WeakReference(array), new Operator("slice", "Tensor").Call(over, 0L, 1L));
    }
}
