using static TorchSharp.torch;

namespace Sequence.Kernels.Steps;

/// <summary>
/// One vector a row of a batch, [B, W], in float32 or float64: numbers of a tensor, or of a <see cref="Workspace"/>. The numbers of a vector lie side by
/// side. Good while what holds them lives.
/// </summary>
public readonly unsafe ref struct Vectors
{
    private readonly void* _first;
    private readonly int _stride;

    internal Vectors(void* first, int batch, int width, int stride, bool isDouble)
    {
        _first = first;
        _stride = stride;
        (Batch, Width, IsDouble) = (batch, width, isDouble);
    }

    /// <summary>B; 1 for a vector that all rows share.</summary>
    public int Batch { get; }

    /// <summary>W.</summary>
    public int Width { get; }

    internal bool IsDouble { get; }

    /// <summary>From one vector to the next, in numbers; 0 where all rows share one.</summary>
    internal int Stride => _stride;

    internal int ElementSize => IsDouble ? sizeof(double) : sizeof(float);

    /// <summary>The numbers of a tensor [B, ...] as vectors, each row laid out as one.</summary>
    /// <exception cref="ArgumentException">The tensor is not on the CPU, not contiguous, or of another element type.</exception>
    public static Vectors Of(Tensor x)
    {
        var batch = (int)x.size(0);
        var width = (int)(x.numel() / batch);
        return new(StepMemory.Of(x), batch, width, width, x.dtype == ScalarType.Float64);
    }

    /// <summary>A tensor as one vector that all rows share: a bias, a scale.</summary>
    /// <inheritdoc cref="Of"/>
    public static Vectors Shared(Tensor x)
    {
        var width = (int)x.numel();
        return new(StepMemory.Of(x), 1, width, 0, x.dtype == ScalarType.Float64);
    }

    /// <summary>Some of the numbers of each vector.</summary>
    public Vectors Slice(int start, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + width, Width);
        return new((byte*)_first + (long)start * ElementSize, Batch, width, _stride, IsDouble);
    }

    /// <summary>Writes the numbers over those of <paramref name="target"/>.</summary>
    public void CopyTo(Vectors target)
    {
        target.Fits(this);
        for (var row = 0; row < Batch; row++)
            Buffer.MemoryCopy(RowOf(row), target.RowOf(row), (long)Width * ElementSize, (long)Width * ElementSize);
    }

    /// <summary>Writes the numbers of a row down.</summary>
    public void CopyTo(int row, Span<float> target)
    {
        for (var at = 0; at < Width; at++)
            target[at] = (float)At(row, at);
    }

    /// <summary>Copies a row of a table [V, W] over one of these vectors.</summary>
    public void Look(int row, Tensor table, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, table.size(0), nameof(index));
        var from = Vectors.Of(table);
        new Vectors(from.RowOf((int)index), 1, Width, Width, from.IsDouble).CopyTo(new Vectors(RowOf(row), 1, Width, Width, IsDouble));
        GC.KeepAlive(table);
    }

    /// <summary>Writes the same number everywhere.</summary>
    public void Fill(double value)
    {
        for (var row = 0; row < Batch; row++)
        {
            for (var at = 0; at < Width; at++)
                Put(row, at, value);
        }
    }

    /// <summary>A number, as float64.</summary>
    internal double At(int row, int at) => IsDouble ? Row<double>(row)[at] : Row<float>(row)[at];

    /// <summary>Writes a number.</summary>
    internal void Put(int row, int at, double value)
    {
        if (IsDouble)
            Row<double>(row)[at] = value;
        else
            Row<float>(row)[at] = (float)value;
    }

    internal T* Row<T>(int row)
        where T : unmanaged
        => (T*)_first + (long)row * _stride;

    /// <summary>Refuses vectors of another width, number or element type; one vector that all rows share goes with any number.</summary>
    internal void Fits(Vectors other)
    {
        if (Width != other.Width || IsDouble != other.IsDouble || (other._stride != 0 && Batch != other.Batch))
            throw new ArgumentException($"Vectors {other.Text} do not go with {Text}.", nameof(other));
    }

    private string Text => $"[{Batch}, {Width}] of {(IsDouble ? "float64" : "float32")}";

    private void* RowOf(int row) => (byte*)_first + (long)row * _stride * ElementSize;
}
