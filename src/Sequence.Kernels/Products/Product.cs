using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Products;

/// <summary>
/// Products of matrices of 16 to 256 rows and columns, on the calling thread:
/// <code>C = A B    or    C = C + A B        A: [m, k], B: [k, n], C: [m, n]</code>
/// A and B may be transposed views, C has its columns side by side. B is read in panels of two registers' columns, copied once into memory of their own;
/// six rows of C at a time stay in registers while k is summed over. Sums are taken in the order of k at every width.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TLanes">Its lanes.</typeparam>
internal static unsafe class Product<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<TLanes, T>
{
    private const int TileRows = 6;

    /// <summary>Columns of a panel.</summary>
    public static int PanelColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TLanes.Count;
    }

    /// <summary>Columns of the panels that so many columns take.</summary>
    public static int WholePanels(int columns) => (columns + PanelColumns - 1) / PanelColumns * PanelColumns;

    /// <summary>Numbers of the panel that a product over <paramref name="k"/> works in.</summary>
    public static int PanelSize(int k) => (k + TileRows) * PanelColumns;

    /// <summary>C = A B, or C + A B.</summary>
    /// <param name="A">[m, k].</param>
    /// <param name="B">[k, n]; rows or columns are side by side.</param>
    /// <param name="C">[m, n], no part of A or B.</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">What is summed over.</param>
    /// <param name="panel">Memory to work in, <see cref="PanelSize"/> numbers.</param>
    /// <param name="add">Whether C is added to.</param>
    /// <param name="triangle">What need not be looked at.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Matrix<T> A, Matrix<T> B, Matrix<T> C, int m, int n, int k, T* panel, bool add = false, Triangle triangle = Triangle.None)
    {
        for (var j = 0; j < n; j += PanelColumns)
        {
            var columns = Math.Min(PanelColumns, n - j);
            Panel<T, TLanes>.Pack(B.From(0, j), k, columns, panel);
            Columns(A, panel, C.From(0, j), m, columns, k, add, triangle == Triangle.Result ? FirstRow(j, m) : 0, triangle);
        }
    }

    /// <summary>The columns of C that one panel of B gives.</summary>
    /// <param name="A">[m, k].</param>
    /// <param name="panel"><paramref name="columns"/> of B as <see cref="Panel{T, TLanes}.Pack"/> leaves them, with memory for six rows of a panel behind them where they do not fill it.</param>
    /// <param name="C">[m, columns].</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C, at most those of a panel.</param>
    /// <param name="k">What is summed over.</param>
    /// <param name="add">Whether C is added to.</param>
    /// <param name="first">The first row of C that is wanted, which begins a tile.</param>
    /// <param name="triangle">What need not be looked at.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(Matrix<T> A, T* panel, Matrix<T> C, int m, int columns, int k, bool add = false, int first = 0, Triangle triangle = Triangle.None)
    {
        for (var i = first; i < m;)
        {
            var rows = Rows(m - i);
            var begin = triangle == Triangle.Upper ? Math.Min(i, k) : 0;
            var end = triangle == Triangle.Lower ? Math.Min(i + rows, k) : k;
            var a = A.From(i, begin);
            var b = panel + (nint)begin * PanelColumns;
            if (columns == PanelColumns)
            {
                Tile(a, b, C.From(i, 0), rows, end - begin, add);
            }
            else
            {
                var part = panel + (nint)k * PanelColumns;
                Tile(a, b, new(part, PanelColumns), rows, end - begin, add: false);
                Put(part, C.From(i, 0), rows, columns, add);
            }

            i += rows;
        }
    }

    /// <summary>Sixes as far as what remains is fours; single rows where it is neither.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Rows(int left) => left switch
    {
        >= TileRows and not (8 or 9) => TileRows,
        >= 4 => 4,
        _ => 1,
    };

    /// <summary>The first row of a tile that reaches row j.</summary>
    private static int FirstRow(int j, int m)
    {
        var i = 0;
        while (i < m && i + Rows(m - i) <= j)
            i += Rows(m - i);
        return i;
    }

    private static void Put(T* part, Matrix<T> C, int rows, int columns, bool add)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var value = Lanes1<T>.Load(part + i * PanelColumns + j);
                var to = C.First + i * C.RowStride + j;
                (add ? value + Lanes1<T>.Load(to) : value).Store(to);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(Matrix<T> A, T* panel, Matrix<T> C, int rows, int k, bool add)
    {
        switch (rows)
        {
            case TileRows: Six(A, panel, C, k, add); break;
            case 4: Four(A, panel, C, k, add); break;
            default: One(A, panel, C, k, add); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(Matrix<T> A, T* panel, Matrix<T> C, int k, bool add)
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c10 = TLanes.Zero, c11 = TLanes.Zero, c20 = TLanes.Zero, c21 = TLanes.Zero;
        TLanes c30 = TLanes.Zero, c31 = TLanes.Zero, c40 = TLanes.Zero, c41 = TLanes.Zero, c50 = TLanes.Zero, c51 = TLanes.Zero;
        var (rows, step) = (A.RowStride, A.ColumnStride);
        T* a0 = A.First, a3 = a0 + 3 * rows;
        for (var p = k; p > 0; p--)
        {
            var (b0, b1) = (TLanes.Load(panel), TLanes.Load(panel + TLanes.Count));
            var a = TLanes.Of(a0[0]);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.Of(a0[rows]);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.Of(a0[2 * rows]);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.Of(a3[0]);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            c31 = TLanes.MultiplyAdd(a, b1, c31);
            a = TLanes.Of(a3[rows]);
            c40 = TLanes.MultiplyAdd(a, b0, c40);
            c41 = TLanes.MultiplyAdd(a, b1, c41);
            a = TLanes.Of(a3[2 * rows]);
            c50 = TLanes.MultiplyAdd(a, b0, c50);
            c51 = TLanes.MultiplyAdd(a, b1, c51);
            a0 += step;
            a3 += step;
            panel += PanelColumns;
        }

        var to = C.First;
        Put(c00, c01, to, add);
        Put(c10, c11, to += C.RowStride, add);
        Put(c20, c21, to += C.RowStride, add);
        Put(c30, c31, to += C.RowStride, add);
        Put(c40, c41, to += C.RowStride, add);
        Put(c50, c51, to + C.RowStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(Matrix<T> A, T* panel, Matrix<T> C, int k, bool add)
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c10 = TLanes.Zero, c11 = TLanes.Zero;
        TLanes c20 = TLanes.Zero, c21 = TLanes.Zero, c30 = TLanes.Zero, c31 = TLanes.Zero;
        var (rows, step) = (A.RowStride, A.ColumnStride);
        T* a0 = A.First, a2 = a0 + 2 * rows;
        for (var p = k; p > 0; p--)
        {
            var (b0, b1) = (TLanes.Load(panel), TLanes.Load(panel + TLanes.Count));
            var a = TLanes.Of(a0[0]);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.Of(a0[rows]);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.Of(a2[0]);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.Of(a2[rows]);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            c31 = TLanes.MultiplyAdd(a, b1, c31);
            a0 += step;
            a2 += step;
            panel += PanelColumns;
        }

        var to = C.First;
        Put(c00, c01, to, add);
        Put(c10, c11, to += C.RowStride, add);
        Put(c20, c21, to += C.RowStride, add);
        Put(c30, c31, to + C.RowStride, add);
    }

    private static void One(Matrix<T> A, T* panel, Matrix<T> C, int k, bool add)
    {
        TLanes c0 = TLanes.Zero, c1 = TLanes.Zero;
        for (nint p = 0; p < k; p++)
        {
            var a = TLanes.Of(A.First[p * A.ColumnStride]);
            c0 = TLanes.MultiplyAdd(a, TLanes.Load(panel + p * PanelColumns), c0);
            c1 = TLanes.MultiplyAdd(a, TLanes.Load(panel + p * PanelColumns + TLanes.Count), c1);
        }

        Put(c0, c1, C.First, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TLanes left, TLanes right, T* to, bool add)
    {
        if (add)
        {
            left += TLanes.Load(to);
            right += TLanes.Load(to + TLanes.Count);
        }

        left.Store(to);
        right.Store(to + TLanes.Count);
    }
}
