using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.Tasks.Text.Metrics;

/// <summary>The metric <c>accuracy</c> has no options.</summary>
public sealed record AccuracyOptions;

/// <summary>The share of targets whose class has the largest logit.</summary>
internal sealed class Accuracy : IMetric
{
    private long _right;
    private long _targets;

    public string Name => AccuracyFactory.ComponentName;

    public bool HigherIsBetter => true;

    public double Value => _targets == 0 ? double.NaN : (double)_right / _targets;

    public void Add(Tensor logits, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var counted = targets.ne(Example.Ignored);
        _right += logits.argmax(-1).eq(targets).logical_and(counted).sum().item<long>();
        _targets += counted.sum().item<long>();
    }
}

/// <summary>Makes <see cref="Accuracy"/>.</summary>
public sealed class AccuracyFactory : IComponentFactory<IMetric, AccuracyOptions>
{
    internal const string ComponentName = "accuracy";

    /// <inheritdoc/>
    public string Name => ComponentName;

    /// <inheritdoc/>
    public string Description => "The share of targets predicted right.";

    /// <inheritdoc/>
    public IMetric Create(AccuracyOptions options, ComponentContext context) => new Accuracy();
}
