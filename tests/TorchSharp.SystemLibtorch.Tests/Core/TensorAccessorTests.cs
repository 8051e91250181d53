using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class TensorAccessorTests
{
    public static TheoryData<bool, long> Outside => new() { { true, -1 }, { false, -1 }, { true, long.MinValue }, { false, long.MinValue }, { true, 7 }, { false, 7 } };

    public static TheoryData<bool> Layouts => [true, false];

    [Theory]
    [MemberData(nameof(Outside))]
    public void A_copy_from_outside_the_tensor_is_refused(bool contiguous, long tensorIndex)
    {
        using var scope = NewDisposeScope();
        var data = Six(contiguous);
        var before = data.ToArray();
        Assert.Throws<ArgumentOutOfRangeException>(() => data.CopyTo(new float[3], tensorIndex: tensorIndex));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.CopyFrom([1f, 2, 3], tensorIndex: tensorIndex));
        Assert.Equal(before, data);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_copy_from_outside_the_array_is_refused(bool contiguous)
    {
        using var scope = NewDisposeScope();
        var data = Six(contiguous);
        foreach (var arrayIndex in new[] { -1, 4 })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => data.CopyTo(new float[3], arrayIndex));
            Assert.Throws<ArgumentOutOfRangeException>(() => data.CopyFrom(new float[3], arrayIndex));
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_copy_takes_what_there_is_and_fits(bool contiguous)
    {
        using var scope = NewDisposeScope();
        var data = Six(contiguous);
        var elements = data.ToArray();
        var array = new float[4];
        data.CopyTo(array, arrayIndex: 1, tensorIndex: 4);
        Assert.Equal([0f, elements[4], elements[5], 0], array);
        data.CopyTo(array, tensorIndex: 6);
        Assert.Equal([0f, elements[4], elements[5], 0], array);
        data.CopyFrom([50f, 60, 70], arrayIndex: 1, tensorIndex: 5);
        Assert.Equal([.. elements[..5], 60f], data);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_disposed_tensor_is_neither_read_nor_written(bool contiguous)
    {
        using var scope = NewDisposeScope();
        var tensor = Tensor(contiguous);
        var data = tensor.data<float>();
        tensor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => data[0, 0]);
        Assert.Throws<ObjectDisposedException>(() => data[0, 0] = 1);
        Assert.Throws<ObjectDisposedException>(() => data.ToArray());
        Assert.Throws<ObjectDisposedException>(() => data.ToNDArray());
        Assert.Throws<ObjectDisposedException>(() => data.CopyTo(new float[6]));
        Assert.Throws<ObjectDisposedException>(() => data.CopyFrom(new float[6]));
        Assert.Throws<ObjectDisposedException>(() => data.Sum());
    }

    private static TensorAccessor<float> Six(bool contiguous) => Tensor(contiguous).data<float>();

    private static Tensor Tensor(bool contiguous) => contiguous ? Some.Counting(2, 3) : Some.Transpose.Call(Some.Counting(2, 3), 0L, 1L);
}
