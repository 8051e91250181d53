using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Products;

/// <summary>The right factor of several products, copied into panels once.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TLanes">Its lanes.</typeparam>
internal readonly unsafe ref struct Packed<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<TLanes, T>
{
    private readonly T* _panels;
    private readonly int _columns, _depth;

    private Packed(T* panels, int columns, int depth)
    {
        _panels = panels;
        (_columns, _depth) = (columns, depth);
    }

    /// <summary>Numbers of the panels of B: [depth, columns].</summary>
    public static long Size(int columns, int depth)
    {
        var width = Product<T, TLanes>.PanelColumns;
        return (long)((columns + width - 1) / width) * Product<T, TLanes>.PanelSize(depth);
    }

    /// <summary>Copies B, [depth, columns], into memory of <see cref="Size"/> numbers.</summary>
    public static Packed<T, TLanes> Of(Matrix<T> B, int columns, int depth, T* memory)
    {
        var width = Product<T, TLanes>.PanelColumns;
        var panel = memory;
        for (var j = 0; j < columns; j += width, panel += Product<T, TLanes>.PanelSize(depth))
            Panel<T, TLanes>.Pack(B.From(0, j), depth, Math.Min(width, columns - j), panel);
        return new(memory, columns, depth);
    }

    /// <summary>C = A B, or C + A B; A: [rows, depth], C: [rows, columns].</summary>
    public void After(Matrix<T> A, Matrix<T> C, int rows, bool add = false)
    {
        var width = Product<T, TLanes>.PanelColumns;
        var panel = _panels;
        for (var j = 0; j < _columns; j += width, panel += Product<T, TLanes>.PanelSize(_depth))
            Product<T, TLanes>.Columns(A, panel, C.From(0, j), rows, Math.Min(width, _columns - j), _depth, add);
    }
}
