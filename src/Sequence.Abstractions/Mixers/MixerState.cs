using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Mixers;

/// <summary>
/// What a mixer remembers of the tokens seen so far, for a batch of rows that may have seen different numbers of them.
/// A state lists its tensors, each with the rows as first dimension, so that counting bytes, forking, gathering rows, moving and saving
/// are written once, for every mixer. Its tensors outlive dispose scopes and end with the state.
/// </summary>
public abstract class MixerState : IDisposable
{
    /// <summary>A state whose row r has seen <paramref name="positions"/>[r] tokens.</summary>
    protected MixerState(long[] positions) => Positions = positions;

    /// <summary>Tokens seen, one count a row.</summary>
    public long[] Positions { get; }

    /// <summary>Rows.</summary>
    public int Batch => Positions.Length;

    /// <summary>The tensors of this state, each [B, ...], in a fixed order.</summary>
    public abstract IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Bytes held, over all rows.</summary>
    public long Bytes => Tensors.Sum(tensor => tensor.NumberOfElements * tensor.ElementSize);

    /// <summary>An independent copy: advancing one leaves the other alone.</summary>
    public MixerState Fork()
    {
        using var scope = NewDisposeScope();
        return Over((long[])Positions.Clone(), [.. Tensors.Select(tensor => Own(tensor.detach().clone()))]);
    }

    /// <summary>The chosen rows as a new state; a row may be chosen more than once, or not at all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in 0..B-1.</exception>
    public MixerState Gather(IReadOnlyList<int> rows)
    {
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Batch, nameof(rows));
        }

        using var scope = NewDisposeScope();
        var index = torch.tensor(rows.Select(row => (long)row).ToArray());
        return Over(
            [.. rows.Select(row => Positions[row])],
            [.. Tensors.Select(tensor => Own(tensor.detach().index_select(0, index.to(tensor.device))))]);
    }

    /// <summary>
    /// A state of the same kind, on the same device, with copies of what another one held: how a saved state is loaded. This one is left alone
    /// and need not have as many rows: any state of the mixer will do.
    /// </summary>
    /// <param name="positions">Tokens seen, one count a row.</param>
    /// <param name="tensors">The saved <see cref="Tensors"/>, in their order.</param>
    /// <exception cref="ArgumentException">There are more or fewer tensors than this kind of state has.</exception>
    public MixerState Restore(IReadOnlyList<long> positions, IReadOnlyList<Tensor> tensors)
    {
        if (!Fits(tensors.Count))
            throw new ArgumentException($"{tensors.Count} tensors cannot be loaded into a state of {Tensors.Count}: it was saved by another mixer.", nameof(tensors));
        using var scope = NewDisposeScope();
        var device = Tensors[0].device;
        return Over([.. positions], [.. tensors.Select(tensor => Own(tensor.detach().to(device, copy: true)))]);
    }

    /// <summary>
    /// The rows of several states of the same mixer, one after the other, as a new state. Where tensors differ in size (caches of different
    /// lengths) or number (logarithmic states list them last), what is missing is zeros: beyond what the rows' positions say is there.
    /// </summary>
    public static MixerState Join(IReadOnlyList<MixerState> states)
    {
        using var scope = NewDisposeScope();
        var widest = states.MaxBy(state => state.Tensors.Count)!;
        return widest.Over(
            [.. states.SelectMany(state => state.Positions)],
            [.. Enumerable.Range(0, widest.Tensors.Count).Select(i => Own(Stacked([.. states.Select(state => Part(state, i))])))]);

        Tensor Part(MixerState state, int i) => i < state.Tensors.Count
            ? state.Tensors[i].detach()
            : zeros([state.Batch, .. widest.Tensors[i].shape[1..]], widest.Tensors[i].dtype, widest.Tensors[i].device);
    }

    /// <summary>Frees the tensors. A state that holds more than it lists, or states of others, frees those too.</summary>
    public virtual void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// A state of the same kind over <paramref name="tensors"/>, which it takes over; their order is that of <see cref="Tensors"/>.
    /// </summary>
    public abstract MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors);

    /// <summary>Whether a state of this kind can have that many tensors.</summary>
    protected virtual bool Fits(int tensors) => tensors == Tensors.Count;

    /// <summary>Takes a tensor out of whatever dispose scope it was made in, so that it lives as long as the state.</summary>
    protected static Tensor Own(Tensor tensor) => tensor.DetachFromDisposeScope();

    /// <summary>Tensors [B_i, ...] one after the other along B, each with zeros at its ends up to the largest.</summary>
    private static Tensor Stacked(Tensor[] parts)
    {
        var shape = parts.Select(part => part.shape).Aggregate((one, other) => [.. one.Zip(other, Math.Max)]);
        shape[0] = parts.Sum(part => part.shape[0]);
        var all = zeros(shape, parts[0].dtype, parts[0].device);
        var row = 0L;
        foreach (var part in parts)
        {
            var target = all.narrow(0, row, part.shape[0]);
            for (var dim = 1; dim < shape.Length; dim++)
                target = target.narrow(dim, 0, part.shape[dim]);
            target.copy_(part);
            row += part.shape[0];
        }

        return all;
    }
}
