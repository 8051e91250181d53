using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>Tensors of numbers that are added and multiplied element by element, real or complex, so that a scan is written once for both.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal interface IElementwise<TSelf>
    where TSelf : struct, IElementwise<TSelf>
{
    /// <summary>x + y.</summary>
    static abstract TSelf operator +(TSelf x, TSelf y);

    /// <summary>x y.</summary>
    static abstract TSelf operator *(TSelf x, TSelf y);

    /// <summary>The shape of the numbers.</summary>
    long[] Shape { get; }

    /// <summary>The same slice or reshape of every part.</summary>
    TSelf Each(Func<Tensor, Tensor> operation);

    /// <summary>What lies at 0, 1, ... of a dimension, one after the other.</summary>
    IReadOnlyList<TSelf> Unbind(long dimension);

    /// <summary>An operation that joins tensors, such as a stack.</summary>
    static abstract TSelf Join(IReadOnlyList<TSelf> parts, Func<Tensor[], Tensor> operation);
}
