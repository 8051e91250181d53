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

    [Theory]
    [InlineData(1, 1)]
    [InlineData(65, 8)]
    [InlineData(100, 1_000)]
    public unsafe void A_body_that_is_no_object_meets_every_index_once(long end, long grain)
    {
        using var _ = new Threads(2);
        var met = stackalloc int[(int)end];
        new Span<int>(met, (int)end).Clear();

        Work.For(0, end, grain, &Count, met);

        Assert.All(new Span<int>(met, (int)end).ToArray(), times => Assert.Equal(1, times));

        static void Count(void* met, long from, long to)
        {
            for (var index = from; index < to; index++)
                Interlocked.Increment(ref ((int*)met)[index]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public unsafe void An_exception_of_a_body_that_is_no_object_comes_out_as_it_was_thrown(long grain)
    {
        using var _ = new Threads(2);

        var caught = Assert.Throws<InvalidOperationException>(() => Work.For(0, 64, grain, &Throw, null));

        Assert.Equal("at the last index", caught.Message);

        static void Throw(void* context, long from, long to)
        {
            if (to == 64)
                throw new InvalidOperationException("at the last index");
        }
    }
}
