using Sequence.Kernels.Outer;

namespace Sequence.Kernels.Delta;

/// <summary>The memory that a head is worked on in: that of the outer-product scan, and a <see cref="DeltaBlock{T}"/>.</summary>
internal static unsafe class DeltaScratch
{
    private const int C = OuterSizes.Chunk;

    /// <summary>Numbers for the forward pass.</summary>
    public static long Forward<T>(OuterSizes sizes)
        where T : unmanaged
        => OuterScratch.Forward<T>(sizes) + Shared<T>(sizes);

    /// <summary>Numbers for the backward pass.</summary>
    public static long Backward<T>(OuterSizes sizes)
        where T : unmanaged
        => OuterScratch.Backward<T>(sizes) + Shared<T>(sizes) + C * (C + OuterSizes.Room<T>(sizes.Values) + OuterSizes.Room<T>(sizes.Keys) + 1L);

    /// <summary>A block for the forward pass.</summary>
    public static DeltaBlock<T> ForwardBlock<T>(OuterSizes sizes, T* memory)
        where T : unmanaged
    {
        var scratch = new Scratch<T>(memory + OuterScratch.Forward<T>(sizes));
        return Shared(sizes, ref scratch);
    }

    /// <summary>A block for the backward pass.</summary>
    public static DeltaBlock<T> BackwardBlock<T>(OuterSizes sizes, T* memory)
        where T : unmanaged
    {
        var scratch = new Scratch<T>(memory + OuterScratch.Backward<T>(sizes));
        var block = Shared(sizes, ref scratch);
        block.GU = scratch.Take((long)C * OuterSizes.Room<T>(sizes.Values));
        block.GM = scratch.Take(C * C);
        block.GReading = scratch.Take((long)C * OuterSizes.Room<T>(sizes.Keys));
        block.GBeta = scratch.Take(C);
        return block;
    }

    private static long Shared<T>(OuterSizes sizes)
        where T : unmanaged
        => C * (C + 2L * OuterSizes.Room<T>(sizes.Values) + OuterSizes.Room<T>(sizes.Keys) + 1);

    private static DeltaBlock<T> Shared<T>(OuterSizes sizes, ref Scratch<T> scratch)
        where T : unmanaged
    {
        var (keys, values) = ((long)OuterSizes.Room<T>(sizes.Keys), (long)OuterSizes.Room<T>(sizes.Values));
        return new()
        {
            Minus = scratch.Take(C * C), MinusEntering = scratch.Take(C * keys), Rest = scratch.Take(C * values), U = scratch.Take(C * values), Beta = scratch.Take(C),
        };
    }
}
