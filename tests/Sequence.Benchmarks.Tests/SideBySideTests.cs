using Sequence.Benchmarks.Measuring;

namespace Sequence.Benchmarks.Tests;

public sealed class SideBySideTests
{
    [Fact]
    public void A_ratio_is_of_neighbours_and_not_of_medians()
    {
        // a machine that slows down meets neighbours alike
        var timed = SideBySide.Measure(3, Turns(0, 1, 3, 30), Turns(0, 8, 6, 60));

        Assert.Equal(3, timed.Median(0));
        Assert.Equal(8, timed.Median(1));
        Assert.Equal(2, timed.Ratio(1, over: 0));
    }

    [Fact]
    public void Turns_alternate_and_the_first_round_does_not_count()
    {
        List<char> order = [];
        var timed = SideBySide.Measure(
            2,
            () =>
            {
                order.Add('a');
                return order.Count == 1 ? 100 : 1;
            },
            () =>
            {
                order.Add('b');
                return 1;
            });

        Assert.Equal("ababab", string.Concat(order));
        Assert.Equal(1, timed.Median(0));
        Assert.Equal(2, timed.Rounds);
    }

    [Fact]
    public void No_fewer_rounds_than_asked_for_are_taken_without_time()
    {
        Assert.Equal(3, SideBySide.Measure(3, 10, TimeSpan.Zero, [() => 1]).Rounds);
        Assert.Equal(10, SideBySide.Measure(3, 10, TimeSpan.MaxValue, [() => 1]).Rounds);
    }

    private static Func<double> Turns(params double[] times)
    {
        var next = 0;
        return () => times[next++];
    }
}
