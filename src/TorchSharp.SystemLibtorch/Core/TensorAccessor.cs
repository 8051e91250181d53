using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>
/// A tensor's elements as a .NET sequence in the order of their indices. Reads and writes go to the tensor's own memory,
/// or to a copy of it if the tensor lives elsewhere than on the CPU.
/// </summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly Tensor _tensor;
    private readonly T* _first;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        _tensor = tensor.Readable();
        _first = (T*)_tensor.Address();
        _shape = _tensor.shape;
        _strides = _tensor.stride();
        _contiguous = _tensor.is_contiguous();
        Count = _tensor.numel();
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    /// <summary>One index a dimension.</summary>
    public T this[params long[] indices]
    {
        get
        {
            var value = *At(indices);
            GC.KeepAlive(_tensor);
            return value;
        }
        set
        {
            *At(indices) = value;
            GC.KeepAlive(_tensor);
        }
    }

    public T[] ToArray()
    {
        if (Count > Array.MaxLength)
            throw new NotSupportedException($"an array holds {Array.MaxLength} elements, the tensor has {Count}");
        var array = new T[Count];
        CopyTo(array.AsSpan());
        return array;
    }

    /// <summary>An array with as many dimensions as the tensor has.</summary>
    public Array ToNDArray()
    {
        Living();
        if (_shape.Length == 0)
            return new[] { Read(0) };
        var array = Array.CreateInstance(typeof(T), _shape);
        fixed (byte* start = &System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array))
        {
            var target = (T*)start;
            for (long i = 0; i < Count; i++)
                target[i] = *At(i);
        }

        GC.KeepAlive(_tensor);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ArgumentNullException.ThrowIfNull(array);
        CopyTo(array.AsSpan(arrayIndex), tensorIndex);
    }

    /// <summary>Copies the elements from <paramref name="tensorIndex"/> on, as many as there are and as fit.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tensorIndex"/> is negative or lies behind the end.</exception>
    public void CopyTo(Span<T> array, long tensorIndex = 0)
    {
        var count = Fitting(array.Length, tensorIndex);
        if (_contiguous)
            new ReadOnlySpan<T>(_first + tensorIndex, count).CopyTo(array);
        else
            for (var i = 0; i < count; i++)
                array[i] = *At(tensorIndex + i);
        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ArgumentNullException.ThrowIfNull(array);
        CopyFrom(array.AsSpan(arrayIndex), tensorIndex);
    }

    /// <summary>Overwrites the elements from <paramref name="tensorIndex"/> on, as many as are given and as there are.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tensorIndex"/> is negative or lies behind the end.</exception>
    public void CopyFrom(ReadOnlySpan<T> array, long tensorIndex = 0)
    {
        var count = Fitting(array.Length, tensorIndex);
        if (_contiguous)
            array[..count].CopyTo(new Span<T>(_first + tensorIndex, count));
        else
            for (var i = 0; i < count; i++)
                *At(tensorIndex + i) = array[i];
        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return Read(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Does nothing: the accessor borrows the tensor. A copy that was made from another device belongs to the dispose scope.</summary>
    public void Dispose() { }

    // how many elements from tensorIndex on go into, or come from, so much room
    private int Fitting(int room, long tensorIndex)
    {
        Living();
        return tensorIndex >= 0 && tensorIndex <= Count
            ? (int)Math.Min(room, Count - tensorIndex)
            : throw new ArgumentOutOfRangeException(nameof(tensorIndex), tensorIndex, $"the tensor has {Count} element(s): the first to copy lies in [0, {Count}]");
    }

    private T Read(long position)
    {
        Living();
        var value = *At(position);
        GC.KeepAlive(_tensor);
        return value;
    }

    private T* At(long position)
    {
        if (_contiguous)
            return _first + position;
        long offset = 0;
        for (var dim = _shape.Length - 1; dim >= 0; dim--)
        {
            (position, var index) = Math.DivRem(position, _shape[dim]);
            offset += index * _strides[dim];
        }

        return _first + offset;
    }

    private T* At(long[] indices)
    {
        Living();
        if (indices.Length == 1 && _shape.Length != 1 && indices[0] >= 0 && indices[0] < Count)
            return At(indices[0]);
        if (indices.Length != _shape.Length)
            throw new ArgumentException($"the tensor has {_shape.Length} dimension(s), but {indices.Length} indices were given", nameof(indices));
        long offset = 0;
        for (var dim = 0; dim < indices.Length; dim++)
        {
            var index = indices[dim];
            if (index < 0 || index >= _shape[dim])
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"dimension {dim} has {_shape[dim]} element(s)");
            offset += index * _strides[dim];
        }

        return _first + offset;
    }

    private void Living() => _ = _tensor.Handle;
}
