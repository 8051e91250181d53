using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Products;

/// <summary>Two registers' columns of a matrix, one row after the other and filled up with zeros, as the tiles of a product read them.</summary>
internal static unsafe class Panel<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<TLanes, T>
{
    private static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TLanes.Count;
    }

    /// <summary>Copies [k, columns] of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(Matrix<T> B, int k, int columns, T* panel)
    {
        if (B.ColumnStride != 1)
            Turn(B.First, B.ColumnStride, k, columns, panel);
        else if (columns == Width)
            Copy(B, k, panel);
        else
            CopyPart(B, k, columns, panel);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(Matrix<T> B, int k, T* panel)
    {
        var from = B.First;
        for (var p = 0; p < k; p++, from += B.RowStride, panel += Width)
        {
            TLanes.Load(from).Store(panel);
            TLanes.Load(from + TLanes.Count).Store(panel + TLanes.Count);
        }
    }

    private static void CopyPart(Matrix<T> B, int k, int columns, T* panel)
    {
        var from = B.First;
        for (var p = 0; p < k; p++, from += B.RowStride, panel += Width)
        {
            for (var j = 0; j < columns; j++)
                panel[j] = from[j];
            new Span<T>(panel + columns, Width - columns).Clear();
        }
    }

    /// <summary>Rows become columns: panel[p, j] = from[j, p].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(T* from, nint stride, int k, int columns, T* panel)
    {
        var done = typeof(T) == typeof(float) && Avx.IsSupported && Width % 8 == 0 ? columns - columns % 8 : 0;
        var rows = k - k % 8;
        for (var j = 0; j < done; j += 8)
        {
            for (var p = 0; p < rows; p += 8)
                Turn8((float*)(from + j * stride + p), stride, (float*)(panel + (nint)p * Width + j), Width);
        }

        for (var j = 0; j < columns; j++)
        {
            for (var p = j < done ? rows : 0; p < k; p++)
                panel[(nint)p * Width + j] = from[j * stride + p];
        }

        if (columns < Width)
        {
            for (var p = 0; p < k; p++)
                new Span<T>(panel + (nint)p * Width + columns, Width - columns).Clear();
        }
    }

    /// <summary>Eight rows of eight numbers into eight columns, in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn8(float* from, nint stride, float* to, nint width)
    {
        // halves of rows i and i + 4 side by side, so that what follows stays inside halves
        var left0 = Vector256.Create(Vector128.Load(from), Vector128.Load(from + 4 * stride));
        var left1 = Vector256.Create(Vector128.Load(from + stride), Vector128.Load(from + 5 * stride));
        var left2 = Vector256.Create(Vector128.Load(from + 2 * stride), Vector128.Load(from + 6 * stride));
        var left3 = Vector256.Create(Vector128.Load(from + 3 * stride), Vector128.Load(from + 7 * stride));
        Turn4(left0, left1, left2, left3, to, width);
        from += 4;
        var right0 = Vector256.Create(Vector128.Load(from), Vector128.Load(from + 4 * stride));
        var right1 = Vector256.Create(Vector128.Load(from + stride), Vector128.Load(from + 5 * stride));
        var right2 = Vector256.Create(Vector128.Load(from + 2 * stride), Vector128.Load(from + 6 * stride));
        var right3 = Vector256.Create(Vector128.Load(from + 3 * stride), Vector128.Load(from + 7 * stride));
        Turn4(right0, right1, right2, right3, to + 4 * width, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn4(Vector256<float> row0, Vector256<float> row1, Vector256<float> row2, Vector256<float> row3, float* to, nint width)
    {
        var low01 = Avx.UnpackLow(row0, row1);
        var low23 = Avx.UnpackLow(row2, row3);
        var high01 = Avx.UnpackHigh(row0, row1);
        var high23 = Avx.UnpackHigh(row2, row3);
        Avx.Shuffle(low01, low23, 0b01_00_01_00).Store(to);
        Avx.Shuffle(low01, low23, 0b11_10_11_10).Store(to + width);
        Avx.Shuffle(high01, high23, 0b01_00_01_00).Store(to + 2 * width);
        Avx.Shuffle(high01, high23, 0b11_10_11_10).Store(to + 3 * width);
    }
}
