using Sequence.Benchmarks.Measuring;

namespace Sequence.Benchmarks.Tests;

public sealed class HeatsTests
{
    [Fact]
    public void One_slow_call_drops_no_form()
    {
        var heats = Heats.Run(new Dictionary<string, Func<double>> { ["loop"] = Calls(40, 11, 11), ["tree"] = Calls(10, 10, 10) });

        Assert.Equal(11, heats.Kept["loop"]);
        Assert.Empty(heats.Dropped);
    }

    [Fact]
    public void A_form_that_is_slow_each_time_is_dropped_with_its_time()
    {
        var heats = Heats.Run(new Dictionary<string, Func<double>> { ["loop"] = Calls(40, 30, 35), ["tree"] = Calls(10, 10, 10) });

        Assert.Equal(["tree"], heats.Kept.Keys);
        Assert.Contains("30.0 ms", heats.Dropped["loop"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_beyond_hope_is_called_once() =>
        Assert.Contains("one call", Heats.Run(new Dictionary<string, Func<double>> { ["loop"] = Calls(100), ["tree"] = Calls(10, 10, 10) }).Dropped["loop"], StringComparison.Ordinal);

    private static Func<double> Calls(params double[] times)
    {
        var next = 0;
        return () => times[next++];
    }
}
