namespace Sequence.Kernels.Diagonal;

/// <summary>What the loops over a block of channels share: where it is, and the states around the sequence.</summary>
/// <typeparam name="T">What is computed in, the states too.</typeparam>
/// <typeparam name="TStored">How memory holds h.</typeparam>
internal unsafe struct ComplexDiagonalRows<T, TStored>
    where T : unmanaged
    where TStored : unmanaged
{
    /// <summary>T.</summary>
    public int Time;

    /// <summary>The row of [B, T, D], the first channel of the block.</summary>
    public int Row, Start;

    /// <summary>h, [B, T, D], and the gradients to its parts: none where a part has none.</summary>
    public Tokens<TStored> Re, Im, GRe, GIm;

    /// <summary>Of the block, real parts then imaginary ones <see cref="Parts"/> further on: h before the first and after the last token, and the gradients to them.</summary>
    public T* Initial, Last, GInitial, GLast;

    /// <summary>From real parts of states to imaginary ones.</summary>
    public long Parts;

    /// <summary>Two rows of numbers of the block.</summary>
    public T* StateRe, StateIm;

    /// <summary>What a token is beside itself, for the row [T]; null where none is.</summary>
    public TokenMark* Marks;
}
