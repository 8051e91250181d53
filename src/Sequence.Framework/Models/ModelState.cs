using Sequence.Framework.Caching;
using Sequence.Mixers;

namespace Sequence.Framework.Models;

/// <summary>What a model remembers of a batch of sessions: a state for each depth, first to last, also where depths share a mixer.</summary>
public sealed class ModelState : IDisposable
{
    internal ModelState(IReadOnlyList<MixerState> layers, long[] seen)
    {
        (Layers, Seen) = (layers, seen);
        if (layers.Any(layer => layer is HeldState or EntryCache { Scan: HeldState }))
            StepRefusal = "its states are held in another precision than they are computed in";
    }

    /// <summary>The states, first depth to last.</summary>
    public IReadOnlyList<MixerState> Layers { get; }

    /// <summary>Why no step can be taken in place from this state, in words; null where the model alone decides.</summary>
    public string? StepRefusal { get; }

    /// <summary>Bytes held, over all layers and rows.</summary>
    public long Bytes => Layers.Sum(layer => layer.Bytes);

    /// <summary>Bytes held, over all rows, of each layer.</summary>
    public IReadOnlyList<long> LayerBytes => [.. Layers.Select(layer => layer.Bytes)];

    /// <summary>The caches of entries, with the depths they are of.</summary>
    public IEnumerable<(int Depth, EntryCache Cache)> Caches => Layers.Index().Where(each => each.Item is EntryCache).Select(each => (each.Index, (EntryCache)each.Item));

    /// <summary>Rows.</summary>
    public int Batch => Seen.Length;

    /// <summary>Tokens of the current document that each row has seen.</summary>
    internal long[] Seen { get; }

    /// <summary>An independent copy: advancing one leaves the other alone.</summary>
    public ModelState Fork() => new([.. Layers.Select(layer => layer.Fork())], [.. Seen]);

    /// <summary>The chosen rows as a new state; a row may be chosen more than once, or not at all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in 0..B-1.</exception>
    public ModelState Gather(IReadOnlyList<int> rows) =>
        new([.. Layers.Select(layer => layer.Gather(rows))], [.. rows.Select(row => Seen[row])]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in Layers)
            layer.Dispose();
    }
}
