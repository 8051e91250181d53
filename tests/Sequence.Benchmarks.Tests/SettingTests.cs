using Sequence.Benchmarks.Questions;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Tests;

public sealed class SettingTests
{
    [Fact]
    public void A_tensor_that_is_in_its_place_is_the_same()
    {
        using var x = ones(3);

        Assert.Same(x, Setting.Cpu.Place(x));
    }

    [Fact]
    public void Whole_numbers_keep_their_type()
    {
        using var scope = NewDisposeScope();
        var setting = Setting.Cpu with { ElementType = ScalarType.BFloat16 };

        Assert.Equal(ScalarType.Int64, setting.Place(arange(3, int64)).dtype);
        Assert.Equal(ScalarType.BFloat16, setting.Place(ones(3)).dtype);
    }
}
