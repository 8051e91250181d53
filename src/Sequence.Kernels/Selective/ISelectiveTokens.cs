namespace Sequence.Kernels.Selective;

/// <summary>
/// What tokens bring to a selective scan and what becomes of what they read. The scan itself works on plain numbers in scratch memory, [tokens, channels] with
/// rows of <see cref="SelectiveBlock{T}.Stride"/>; implementations read and write tensors, and do what is elementwise on the way.
/// </summary>
/// <typeparam name="T">What is computed in.</typeparam>
internal interface ISelectiveTokens<T>
    where T : unmanaged
{
    /// <summary>Fills dt and w of the block's tokens.</summary>
    void Read(in SelectiveBlock<T> block);

    /// <summary>
    /// Asks memory for what the next stretch reads and writes of channels from <paramref name="e"/> on, so that it comes while this one is computed: a block's tokens are
    /// runs too short for a processor to see ahead by itself.
    /// </summary>
    void Expect(in SelectiveBlock<T> block, int e);

    /// <summary>As <see cref="Expect"/>, of the backward pass.</summary>
    void ExpectGradient(in SelectiveBlock<T> block, int e);

    /// <summary>Writes what was read of the states, y.</summary>
    void Write(in SelectiveBlock<T> block);

    /// <summary>Fills the gradient to y.</summary>
    void ReadGradient(in SelectiveBlock<T> block);

    /// <summary>Writes the gradients to what dt and w came of. dt, w, y and the gradients to all of them are filled.</summary>
    void WriteGradient(in SelectiveBlock<T> block);
}
