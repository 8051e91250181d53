using Sequence.Caching;
using Sequence.Framework.Caching;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using static TorchSharp.torch;

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

    /// <summary>Bytes that the layers held at most within any call, each at its own worst.</summary>
    public long PeakBytes => Layers.Sum(layer => layer is EntryCache cache ? cache.PeakBytes : layer.Bytes);

    /// <summary>Bytes that caches hold beside their entries: room to grow, and forms that are made for speed.</summary>
    public long ReservedBytes => Caches.Sum(each => each.Cache.ReservedBytes);

    /// <summary>Tokens that each row has seen, over all its documents.</summary>
    public IReadOnlyList<long> Positions => Layers[0].Positions;

    /// <summary>Rows.</summary>
    public int Batch => Seen.Length;

    /// <summary>Whether what is kept of a prompt depends on how it is split: a cache policy decides once a call, or states are rounded or cut after each.</summary>
    internal bool DecidesByCall => Layers.Any(layer => layer switch
    {
        EntryCache cache => cache.Scan is HeldState || (cache.Layout.Decides && cache.Policy is not ILifetimePolicy),
        IRootedState rooted => rooted.MostRoots is not null,
        _ => layer is HeldState,
    });

    /// <summary>Tokens of the current document that each row has seen, where the model learned a table of positions; else 0.</summary>
    internal long[] Seen { get; }

    /// <summary>An independent copy: advancing one leaves the other alone.</summary>
    public ModelState Fork() => new([.. Layers.Select(layer => layer.Fork())], [.. Seen]);

    /// <summary>The chosen rows as a new state; a row may be chosen more than once, or not at all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in 0..B-1.</exception>
    public ModelState Gather(IReadOnlyList<int> rows) =>
        new([.. Layers.Select(layer => layer.Gather(rows))], [.. rows.Select(row => Seen[row])]);

    /// <summary>A state of the same model and policies with copies of what another one held.</summary>
    /// <param name="positions">Tokens seen, by layer and row.</param>
    /// <param name="seen">Tokens of the current document, by row.</param>
    /// <param name="tensors">The tensors of each layer, in their order.</param>
    /// <exception cref="ArgumentException">A layer has more or fewer tensors.</exception>
    internal ModelState Restore(IReadOnlyList<IReadOnlyList<long>> positions, IReadOnlyList<long> seen, IReadOnlyList<IReadOnlyList<Tensor>> tensors) =>
        new([.. Layers.Select((layer, depth) => layer.Restore(positions[depth], tensors[depth]))], [.. seen]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in Layers)
            layer.Dispose();
    }
}
