namespace Sequence.Kernels;

/// <summary>Memory that a block of work is given, taken piece by piece.</summary>
internal unsafe ref struct Scratch<T>(T* memory)
    where T : unmanaged
{
    private T* _next = memory;

    /// <summary>The next numbers, whose values are left open.</summary>
    public T* Take(long count)
    {
        var taken = _next;
        _next += count;
        return taken;
    }
}
