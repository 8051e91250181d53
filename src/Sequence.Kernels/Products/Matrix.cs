using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Products;

/// <summary>A matrix in memory: element (i, j) lies at First + i RowStride + j ColumnStride.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="first">Element (0, 0).</param>
/// <param name="rowStride">From a row to the next.</param>
/// <param name="columnStride">From a column to the next.</param>
internal readonly unsafe struct Matrix<T>(T* first, nint rowStride, nint columnStride = 1)
    where T : unmanaged
{
    /// <summary>Element (0, 0).</summary>
    public T* First { get; } = first;

    /// <summary>From a row to the next.</summary>
    public nint RowStride { get; } = rowStride;

    /// <summary>From a column to the next.</summary>
    public nint ColumnStride { get; } = columnStride;

    /// <summary>The same numbers with rows and columns exchanged; nothing moves.</summary>
    public Matrix<T> Transposed => new(First, ColumnStride, RowStride);

    /// <summary>The part of the matrix from element (i, j) on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Matrix<T> From(nint i, nint j) => new(First + i * RowStride + j * ColumnStride, RowStride, ColumnStride);
}
