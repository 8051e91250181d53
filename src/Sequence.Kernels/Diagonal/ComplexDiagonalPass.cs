using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>The two passes of a complex diagonal recurrence over [B, T, D]: rows and blocks of channels on threads.</summary>
/// <typeparam name="T">What is computed in, the states too.</typeparam>
/// <typeparam name="TStored">How memory holds h.</typeparam>
internal unsafe struct ComplexDiagonalPass<T, TStored>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    // channels: long runs of memory, of which a state lies in the nearest cache
    private const int BlockWidth = 512;

    /// <summary>h, [B, T, D], and the gradients to its parts: none where a part has none.</summary>
    public Tokens<TStored> Re, Im, GRe, GIm;

    /// <summary>h before the first and after the last token, [2, B, D], and the gradients to them.</summary>
    public T* Initial, Last, GInitial, GLast;

    /// <summary>What tokens are, [B, T]; null where none is more than a token.</summary>
    public TokenMark* Marks;

    /// <summary>h and the last h.</summary>
    /// <param name="shape">[B, T, D].</param>
    /// <param name="input">a and b.</param>
    public readonly void Forward<TInput>(long[] shape, TInput input)
        where TInput : struct, IComplexDiagonalInput<T>
    {
        var pass = this;
        ChannelBlocks.Run(shape[0], shape[2], BlockWidth, shape[1], 2 * BlockWidth * sizeof(T), (block, memory) =>
        {
            var loop = new ComplexDiagonalForward<T, TStored, TInput>(pass.Rows(shape, block, (T*)memory), input);
            LaneWidth.Run<T, ComplexDiagonalForward<T, TStored, TInput>>(ref loop, block.Count);
        });
    }

    /// <summary>The gradients to a, b and the first h.</summary>
    /// <param name="shape">[B, T, D].</param>
    /// <param name="input">a, and where the gradients go.</param>
    public readonly void Backward<TInput>(long[] shape, TInput input)
        where TInput : struct, IComplexDiagonalInput<T>
    {
        var pass = this;
        ChannelBlocks.Run(shape[0], shape[2], BlockWidth, shape[1], 2 * BlockWidth * sizeof(T), (block, memory) =>
        {
            var loop = new ComplexDiagonalBackward<T, TStored, TInput>(pass.Rows(shape, block, (T*)memory), input);
            LaneWidth.Run<T, ComplexDiagonalBackward<T, TStored, TInput>>(ref loop, block.Count);
        });
    }

    private readonly ComplexDiagonalRows<T, TStored> Rows(long[] shape, ChannelBlock block, T* state)
    {
        var at = block.Row * shape[2] + block.Start;
        return new()
        {
            Time = (int)shape[1], Row = block.Row, Start = block.Start, Re = Re, Im = Im, GRe = GRe, GIm = GIm,
            StateRe = state, StateIm = state + BlockWidth, Marks = Marks is null ? null : Marks + block.Row * shape[1], Parts = shape[0] * shape[2],
            Initial = Initial + at, Last = Last + at, GInitial = GInitial + at, GLast = GLast + at,
        };
    }
}
