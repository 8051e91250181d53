using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class ThreadsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(63, 64)]
    [InlineData(1000, 1)]
    [InlineData(1000, 300)]
    public void A_parallel_loop_sees_every_index_once(int count, int grain)
    {
        WithThreads(2, () =>
        {
            var seen = new int[count];
            TorchSharp.SystemLibtorch.ParallelFor(0, count, grain, (begin, end) =>
            {
                for (var i = begin; i < end; i++)
                    Interlocked.Increment(ref seen[i]);
            });
            Assert.All(seen, times => Assert.Equal(1, times));
        });
    }

    [Fact]
    public void A_parallel_loop_uses_the_threads_of_libtorch()
    {
        WithThreads(2, () =>
        {
            var both = new CountdownEvent(2);
            TorchSharp.SystemLibtorch.ParallelFor(0, 2, 1, (_, _) =>
            {
                // each range waits for the other: one thread alone would never get here twice
                both.Signal();
                both.Wait();
            });
            Assert.True(both.IsSet);
        });
    }

    [Fact]
    public void An_exception_of_a_parallel_loop_comes_out_as_the_same_object()
    {
        var thrown = new InvalidDataException("row 3");
        WithThreads(2, () =>
            Assert.Same(thrown, Assert.Throws<InvalidDataException>(() => TorchSharp.SystemLibtorch.ParallelFor(0, 100, 10, (_, _) => throw thrown))));
    }

    [Fact]
    public void A_parallel_loop_inside_another_runs()
    {
        long total = 0;
        TorchSharp.SystemLibtorch.ParallelFor(0, 10, 1, (begin, end) =>
            TorchSharp.SystemLibtorch.ParallelFor(begin, end, 1, (from, to) => Interlocked.Add(ref total, to - from)));
        Assert.Equal(10, total);
    }

    [Fact]
    public void The_number_of_threads_is_what_was_set() => WithThreads(2, () => Assert.Equal(2, get_num_threads()));

    [Fact]
    public void No_threads_between_operators_are_refused()
    {
        var before = get_num_interop_threads();
        Assert.InRange(before, 1, int.MaxValue);
        Assert.Throws<TorchException>(() => set_num_interop_threads(0));
        Assert.Equal(before, get_num_interop_threads());
    }

    private static void WithThreads(int count, Action body)
    {
        var before = get_num_threads();
        set_num_threads(count);
        try
        {
            body();
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
