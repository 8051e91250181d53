namespace Sequence.Kernels.Diagonal;

/// <summary>What the loops over a block of channels share: where it is, and the states around the sequence.</summary>
/// <typeparam name="T">What is computed in, the states too.</typeparam>
/// <typeparam name="TStored">How memory holds h.</typeparam>
internal unsafe struct DiagonalRows<T, TStored>
    where T : unmanaged
    where TStored : unmanaged
{
    /// <summary>T.</summary>
    public int Time;

    /// <summary>The row of [B, T, D], the first channel of the block.</summary>
    public int Row, Start;

    /// <summary>h, [B, T, D], and the gradient to it.</summary>
    public Tokens<TStored> H, GH;

    /// <summary>Of the block: h before the first and after the last token, and the gradients to them.</summary>
    public T* Initial, Last, GInitial, GLast;

    /// <summary>A row of numbers of the block.</summary>
    public T* State;

    /// <summary>What a token is beside itself, for the row [T]; null where none is.</summary>
    public TokenMark* Marks;
}
