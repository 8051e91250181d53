using Sequence.Harness.Reports;

namespace Sequence.Harness.Tests.Reports;

public sealed class SpreadTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void Deviation_is_the_sample_standard_deviation()
    {
        var spread = new Spread([2, 4, 4, 4, 5, 5, 7, 9]);

        Assert.Equal(5, spread.Mean, Tolerance);
        Assert.Equal(Math.Sqrt(32.0 / 7), spread.Deviation!.Value, Tolerance);
    }

    [Fact]
    public void One_value_has_a_mean_and_no_deviation()
    {
        var spread = new Spread([0.25]);

        Assert.Equal(0.25, spread.Mean);
        Assert.Null(spread.Deviation);
        Assert.Equal("0.2500", spread.ToString());
    }

    [Fact]
    public void Nothing_has_neither()
    {
        Assert.True(double.IsNaN(new Spread([]).Mean));
        Assert.Null(new Spread([]).Deviation);
    }

    [Fact]
    public void Two_values_print_with_their_deviation() => Assert.Equal("0.9000 ± 0.1414", new Spread([0.8, 1.0]).ToString());
}
