using static TorchSharp.torch;

namespace Sequence.Mixers;

/// <summary>
/// Takes down figures of what parts of a model did with each sequence, until it is disposed of: how many slots of a cache were used, say. An evaluation
/// opens one, and reports the means. Where none is open on this thread, as in training, figures are not even computed.
/// </summary>
public sealed class FigureRecord : IDisposable
{
    [ThreadStatic]
    private static FigureRecord? _open;

    private readonly FigureRecord? _outer = _open;
    private readonly Dictionary<string, (double Sum, long Count)> _figures = [];

    private FigureRecord()
    {
    }

    /// <summary>The mean of each figure over everything noted, by name; one that several layers note is the mean over them too.</summary>
    public IReadOnlyDictionary<string, double> Means => _figures.ToDictionary(figure => figure.Key, figure => figure.Value.Sum / figure.Value.Count);

    /// <summary>Begins a record. What an inner one takes down, an outer one does not.</summary>
    public static FigureRecord Begin() => _open = new FigureRecord();

    /// <summary>Takes a figure down.</summary>
    /// <param name="name">What reports call it: lower case, words joined by hyphens.</param>
    /// <param name="values">Makes one number a sequence, [B] of any type.</param>
    public static void Note(string name, Func<Tensor> values)
    {
        if (_open is { } record)
            record.Add(name, values);
    }

    /// <inheritdoc/>
    public void Dispose() => _open = _outer;

    private void Add(string name, Func<Tensor> values)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var each = values();
        var (sum, count) = _figures.GetValueOrDefault(name);
        _figures[name] = (sum + each.to(float64).sum().item<double>(), count + each.numel());
    }
}
