namespace Sequence.Kernels.Tests;

public sealed class WorkTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(63, 1)]
    [InlineData(65, 64)]
    [InlineData(100, 1_000)]
    public void Every_index_is_met_once(long end, long grain)
    {
        var met = new int[end];
        using var _ = new Threads(2);

        Work.For(0, end, grain, (from, to) =>
        {
            for (var index = from; index < to; index++)
                Interlocked.Increment(ref met[index]);
        });

        Assert.All(met, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void An_exception_comes_out_as_it_was_thrown(long grain)
    {
        using var _ = new Threads(2);
        var thrown = new InvalidOperationException("at the last index");

        var caught = Assert.Throws<InvalidOperationException>(() => Work.For(0, 64, grain, (_, to) =>
        {
            if (to == 64)
                throw thrown;
        }));

        Assert.Same(thrown, caught);
    }
}
