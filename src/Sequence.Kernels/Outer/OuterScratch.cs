using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Outer;

/// <summary>The memory that a head is worked on in.</summary>
internal static unsafe class OuterScratch
{
    private const int C = OuterSizes.Chunk;

    /// <summary>Numbers for the forward pass, a state among them.</summary>
    public static long Forward<T>(OuterSizes sizes)
        where T : unmanaged
        => Shared<T>(sizes) + sizes.State<T>();

    /// <summary>Numbers for the backward pass, the gradient to a state among them.</summary>
    public static long Backward<T>(OuterSizes sizes)
        where T : unmanaged
    {
        var (keys, values) = (OuterSizes.Room<T>(sizes.Keys), OuterSizes.Room<T>(sizes.Values));
        return Shared<T>(sizes) + C * (C + 3L * keys + values) + keys + sizes.State<T>();
    }

    /// <summary>A block for the forward pass, and a state.</summary>
    public static OuterBlock<T> Forward<T>(OuterSizes sizes, T* memory, out T* state)
        where T : unmanaged
    {
        var scratch = new Scratch<T>(memory);
        var block = Shared(sizes, ref scratch);
        state = scratch.Take(sizes.State<T>());
        return block;
    }

    /// <summary>A block for the backward pass, and the gradient to the state after its chunk.</summary>
    public static OuterBlock<T> Backward<T>(OuterSizes sizes, T* memory, out T* gradient)
        where T : unmanaged
    {
        var scratch = new Scratch<T>(memory);
        var block = Shared(sizes, ref scratch);
        block.GP = scratch.Take(C * C);
        block.GQ = scratch.Take((long)C * block.KeyRoom);
        block.GK = scratch.Take((long)C * block.KeyRoom);
        block.GL = sizes.Decays == 0 ? null : scratch.Take((long)C * block.KeyRoom);
        block.GV = scratch.Take((long)C * block.ValueRoom);
        block.Before = scratch.Take(block.KeyRoom);
        gradient = scratch.Take(sizes.State<T>());
        return block;
    }

    private static long Shared<T>(OuterSizes sizes)
        where T : unmanaged
    {
        var (keys, values) = (OuterSizes.Room<T>(sizes.Keys), OuterSizes.Room<T>(sizes.Values));
        return C * (6L * keys + 2L * values + 2L * C) + (OuterSizes.Chunk / OuterSizes.Part + 2L) * keys + PanelSize<T>(keys, values) + SumsSize<T>();
    }

    private static OuterBlock<T> Shared<T>(OuterSizes sizes, ref Scratch<T> scratch)
        where T : unmanaged
    {
        var (keys, values) = (OuterSizes.Room<T>(sizes.Keys), OuterSizes.Room<T>(sizes.Values));
        return new()
        {
            KeyRoom = keys, ValueRoom = values, Panel = scratch.Take(PanelSize<T>(keys, values)), Sums = scratch.Take(SumsSize<T>()),
            Q = scratch.Take((long)C * keys), K = scratch.Take((long)C * keys), V = scratch.Take((long)C * values), Y = scratch.Take((long)C * values),
            A = scratch.Take((long)C * keys), InPart = scratch.Take((long)C * keys), Entering = scratch.Take((long)C * keys), Leaving = scratch.Take((long)C * keys),
            P = scratch.Take(C * C), W = scratch.Take(C * C), Parts = scratch.Take(OuterSizes.Chunk / OuterSizes.Part * (long)keys), Whole = scratch.Take(keys), Row = scratch.Take(keys),
        };
    }

    // the lanes at hand are the widest, so none needs more
    private static long PanelSize<T>(int keys, int values)
        where T : unmanaged
        => (Math.Max(C, Math.Max(keys, values)) + 6L) * 2 * LaneWidth.Most<T>();

    private static long SumsSize<T>()
        where T : unmanaged
        => (long)OuterSizes.Part * OuterSizes.Part * LaneWidth.Most<T>();
}
