using Sequence.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Tests;

public sealed class AgreementTests
{
    [Fact]
    public void A_difference_is_a_share_of_the_largest_number()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0.01, Agreement.Worst(Named(tensor([1.0, 99.0])), Named(tensor([0.0, 100.0]))), 1e-12);
        Assert.Equal(0, Agreement.Worst(Named(tensor([1.0])), Named(tensor([1.0]))));
    }

    [Fact]
    public void What_is_missing_misshapen_or_not_finite_never_agrees()
    {
        using var scope = NewDisposeScope();
        var one = Named(ones(2));
        Assert.Equal(double.PositiveInfinity, Agreement.Worst(one, Named(ones(3))));
        Assert.Equal(double.PositiveInfinity, Agreement.Worst(one, Named(full(2, double.NaN))));
        Assert.Equal(double.PositiveInfinity, Agreement.Worst(Named(full(2, double.NaN)), one));
        Assert.Equal(double.PositiveInfinity, Agreement.Worst(one, new Dictionary<string, Tensor>()));
        Assert.Equal(double.PositiveInfinity, Agreement.Worst(new Dictionary<string, Tensor>(), new Dictionary<string, Tensor>()));
    }

    private static Dictionary<string, Tensor> Named(Tensor output) => new() { ["output.0"] = output };
}
