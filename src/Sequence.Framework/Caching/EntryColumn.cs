using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// One tensor of a cache, [B, G, n] or [B, G, n, W] with a column an entry: the used part of a buffer that has room to grow. It is the only handle of the buffer,
/// so that whoever disposes of the listed tensor frees all.
/// </summary>
internal sealed class EntryColumn
{
    private const int Columns = 2;

    private long _capacity;

    /// <summary>Takes over a tensor, of which every column is used.</summary>
    public EntryColumn(Tensor tensor)
    {
        Used = (tensor.is_contiguous() ? tensor : Contiguous(tensor)).DetachFromDisposeScope();
        _capacity = Used.shape[Columns];
    }

    /// <summary>The used columns.</summary>
    public Tensor Used { get; private set; }

    /// <summary>Columns used, n.</summary>
    public long Count => Used.shape[Columns];

    /// <summary>Columns that there is room for.</summary>
    public long Capacity => _capacity;

    /// <summary>Bytes that lie in the buffer beyond the used columns.</summary>
    public long SpareBytes => _capacity == 0 ? 0 : (_capacity - Count) * Used.shape[0] * Used.shape[1] * (Used.dim() > 3 ? Used.shape[3] : 1) * Used.element_size();

    /// <summary>Writes tokens, [B, G, t, ...], and uses <paramref name="used"/> columns from there on.</summary>
    /// <param name="tokens">One column each.</param>
    /// <param name="slots">The column of each token, [B or 1, G or 1, t] int64; null where they stand beside each other from <paramref name="from"/> on in every row.</param>
    /// <param name="from">The first column.</param>
    /// <param name="used">Columns used from there on.</param>
    /// <param name="capacity">Columns that the buffer has room for afterwards; enough for all that is written.</param>
    public void Write(Tensor tokens, Tensor? slots, long from, long used, long capacity)
    {
        using var scope = NewDisposeScope();
        var buffer = Resized(capacity);
        tokens = tokens.detach().to(buffer.dtype);
        if (slots is null)
            buffer.narrow(Columns, from, tokens.shape[Columns]).copy_(tokens);
        else
            buffer.scatter_(Columns, Wide(slots, tokens.shape), tokens.expand(tokens.shape));
        Use(buffer, used);
    }

    /// <summary>Keeps some columns in a new order.</summary>
    /// <param name="order">Which, [B, G or 1, m] int64.</param>
    /// <param name="capacity">Columns that the buffer has room for afterwards.</param>
    public void Keep(Tensor order, long capacity)
    {
        using var scope = NewDisposeScope();
        long[] shape = Used.shape;
        shape[Columns] = order.shape[Columns];
        var kept = shape[0] * order.shape[1] == 1
            ? Used.index_select(Columns, order.flatten())
            : Used.gather(Columns, Wide(order, shape));
        var count = order.shape[Columns];
        if (capacity == count && capacity != _capacity)
        {
            _capacity = capacity;
            Use(kept.contiguous(), count);
            return;
        }

        var buffer = capacity == _capacity ? Buffer() : Fresh(capacity);
        buffer.narrow(Columns, 0, count).copy_(kept);
        Use(buffer, count);
    }

    /// <summary>Copies one column of each row and head onto another one, [B, G or 1, 1] int64 both, and uses <paramref name="used"/> columns from there on.</summary>
    public void Move(Tensor from, Tensor to, long used)
    {
        using var scope = NewDisposeScope();
        long[] shape = Used.shape;
        shape[Columns] = 1;
        var moved = Used.gather(Columns, Wide(from, shape));
        Used.scatter_(Columns, Wide(to, shape), moved);
        Use(Buffer(), used);
    }

    private static Tensor Contiguous(Tensor tensor)
    {
        using var strided = tensor;
        return tensor.contiguous();
    }

    /// <summary>An index [B, G or 1, m] as wide as what it picks from.</summary>
    private static Tensor Wide(Tensor index, long[] shape) =>
        shape.Length > 3 ? index.unsqueeze(-1).expand([shape[0], shape[1], index.shape[Columns], shape[3]]) : index.expand([shape[0], shape[1], index.shape[Columns]]);

    private Tensor Buffer()
    {
        long[] shape = Used.shape;
        shape[Columns] = _capacity;
        return Used.as_strided(shape, Used.stride());
    }

    private Tensor Resized(long capacity)
    {
        if (capacity == _capacity)
            return Buffer();
        var buffer = Fresh(capacity);
        buffer.narrow(Columns, 0, Count).copy_(Used);
        return buffer;
    }

    private Tensor Fresh(long capacity)
    {
        long[] shape = Used.shape;
        shape[Columns] = _capacity = capacity;
        return zeros(shape, Used.dtype, Used.device);
    }

    private void Use(Tensor buffer, long used)
    {
        var before = Used;
        Used = buffer.narrow(Columns, 0, used).DetachFromDisposeScope();
        before.Dispose();
    }
}
