using System.Runtime.InteropServices;

namespace Sequence.Kernels.Steps;

/// <summary>Memory that is taken from its front and given back from its end. It grows until it holds the most that was ever taken at once, then stays.</summary>
internal sealed unsafe class Arena
{
    private const nuint Alignment = 64;

    // the last one is taken from; there are several only while it grows
    private readonly List<(nint First, long Bytes)> _blocks = [];
    private long _used;

    ~Arena() => Release();

    /// <summary>Where it stands.</summary>
    public (int Blocks, long Used) Mark => (_blocks.Count, _used);

    /// <summary>The next bytes, whose values are left open.</summary>
    public void* Take(long bytes)
    {
        bytes = (bytes + (long)Alignment - 1) & ~((long)Alignment - 1);
        if (_blocks.Count == 0 || _used + bytes > _blocks[^1].Bytes)
            Grow(Math.Max(bytes, 2 * _blocks.Sum(block => block.Bytes)));
        var taken = (byte*)_blocks[^1].First + _used;
        _used += bytes;
        return taken;
    }

    /// <summary>Gives back all that was taken since a mark.</summary>
    public void Return((int Blocks, long Used) mark)
    {
        if (mark.Blocks == _blocks.Count)
        {
            _used = mark.Used;
        }
        else if (mark.Blocks == 0 || (mark.Blocks == 1 && mark.Used == 0))
        {
            // nothing is out: one block in place of several
            var bytes = _blocks.Sum(block => block.Bytes);
            Release();
            Grow(bytes);
        }
    }

    private void Grow(long bytes)
    {
        _blocks.Add(((nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment), bytes));
        _used = 0;
    }

    private void Release()
    {
        foreach (var (first, _) in _blocks)
            NativeMemory.AlignedFree((void*)first);
        _blocks.Clear();
    }
}
