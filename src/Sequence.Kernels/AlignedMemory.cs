using System.Runtime.InteropServices;

namespace Sequence.Kernels;

/// <summary>Memory outside of the heap, aligned to the widest register and a line of cache, until disposed of.</summary>
internal readonly unsafe ref struct AlignedMemory<T>(long count)
    where T : unmanaged
{
    private const nuint Alignment = 64;

    private readonly T* _first = (T*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(T)), Alignment);

    /// <summary>All of it.</summary>
    public Scratch<T> Scratch => new(_first);

    /// <summary>Gives it back.</summary>
    public void Dispose() => NativeMemory.AlignedFree(_first);
}
