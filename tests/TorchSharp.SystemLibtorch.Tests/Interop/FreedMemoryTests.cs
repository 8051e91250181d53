using TorchSharp.Interop;

namespace TorchSharp.Tests.Interop;

/// <summary>What is asked of the allocator.</summary>
public sealed class FreedMemoryTests
{
    private const int Gibibyte = 1 << 30, HalfOfAHeap = 32 << 20;

    private readonly List<int> _asked = [];

    [Fact]
    public void Where_every_threshold_is_taken_the_first_is_the_last_asked()
    {
        Assert.Equal(Gibibyte, FreedMemory.FirstTaken(UpTo(int.MaxValue)));
        Assert.Equal([Gibibyte], _asked);
    }

    [Fact]
    public void Where_half_of_a_heap_is_the_most_it_is_asked_for_next()
    {
        Assert.Equal(HalfOfAHeap, FreedMemory.FirstTaken(UpTo(HalfOfAHeap)));
        Assert.Equal([Gibibyte, HalfOfAHeap], _asked);
    }

    [Fact]
    public void Where_none_is_taken_it_says_so()
    {
        Assert.Null(FreedMemory.FirstTaken(UpTo(0)));
        Assert.Equal([Gibibyte, HalfOfAHeap], _asked);
    }

    private Func<int, bool> UpTo(int most) => threshold =>
    {
        _asked.Add(threshold);
        return threshold <= most;
    };
}
