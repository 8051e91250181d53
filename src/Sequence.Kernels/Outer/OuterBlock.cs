namespace Sequence.Kernels.Outer;

/// <summary>A chunk of a head in scratch memory. Rows are tokens; rows of keys have KeyRoom columns, rows of values ValueRoom, rows of scores a chunk.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
internal unsafe struct OuterBlock<T>
    where T : unmanaged
{
    /// <summary>Tokens of the chunk at hand.</summary>
    public int Tokens;

    /// <summary>K and V, filled up.</summary>
    public int KeyRoom, ValueRoom;

    /// <summary>q, k: [C, K]; v and y, or the gradient to y: [C, V].</summary>
    public T* Q, K, V, Y;

    /// <summary>e^l, [C, K] or [C], 0 where a document starts.</summary>
    public T* A;

    /// <summary>P, what token i reads of token j: [C, C].</summary>
    public T* P;

    /// <summary>The product of the decays after j up to i, [C, C]; used where there is one a head.</summary>
    public T* W;

    /// <summary>q with the decays from the start of its part up to it, and from the chunk's start; k with those after it to the chunk's end: [C, K].</summary>
    public T* InPart, Entering, Leaving;

    /// <summary>The product of all decays of each part, [parts, K], and of the chunk, [K].</summary>
    public T* Parts, Whole;

    /// <summary>Gradients to P, q, k, v.</summary>
    public T* GP, GQ, GK, GV;

    /// <summary>The gradient to l, [C, K] or [C].</summary>
    public T* GL;

    /// <summary>What the state before the chunk and the gradient to it have in common, sum_V S dS: [K].</summary>
    public T* Before;

    /// <summary>Memory of products and of rows being multiplied up.</summary>
    public T* Panel, Row, Sums;
}
