using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

public sealed class PrintingTests
{
    [Fact]
    public void A_tensor_says_its_shape_dtype_and_device()
    {
        using var scope = NewDisposeScope();
        Assert.Equal("[2x3], type = Float32, device = cpu", torch.zeros(2, 3).ToString());
        Assert.Equal("[], type = Int64, device = cpu", tensor(1L).ToString());
        Tensor gone = torch.zeros(1);
        gone.Dispose();
        Assert.Equal("disposed tensor", gone.ToString());
    }

    [Fact]
    public void Elements_are_written_in_brackets_and_long_dimensions_by_their_ends()
    {
        using var scope = NewDisposeScope();
        Assert.Equal("[[0, 1.5],\n [2, -3]]", tensor(new[,] { { 0, 1.5 }, { 2, -3 } }).ToString(TensorStringStyle.Numpy));
        Assert.Equal("[0, 1, 2, ..., 97, 98, 99]", torch.arange(100).ToString(TensorStringStyle.Default));
        Assert.Equal("[True, False]", tensor(new[] { true, false }).ToString(TensorStringStyle.Julia));
        Assert.Equal("[]", torch.zeros([0]).ToString(TensorStringStyle.Numpy));
        Assert.Equal("[3.142]", tensor(new[] { Math.PI }).ToString(TensorStringStyle.Numpy, "f3"));
    }
}
