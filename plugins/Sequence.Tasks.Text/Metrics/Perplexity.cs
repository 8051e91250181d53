using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.Tasks.Text.Metrics;

/// <summary>The metric <c>perplexity</c> has no options.</summary>
public sealed record PerplexityOptions;

/// <summary>exp(cross-entropy a token): comparable between models of the same tokenizer only.</summary>
internal sealed class Perplexity : IMetric
{
    private readonly CrossEntropy _loss = new();

    public string Name => PerplexityFactory.ComponentName;

    public bool HigherIsBetter => false;

    public double Value => Math.Exp(_loss.Mean);

    public void Add(Tensor logits, Tensor targets) => _loss.Add(logits, targets);
}

/// <summary>Makes <see cref="Perplexity"/>.</summary>
public sealed class PerplexityFactory : IComponentFactory<IMetric, PerplexityOptions>
{
    internal const string ComponentName = "perplexity";

    /// <inheritdoc/>
    public string Name => ComponentName;

    /// <inheritdoc/>
    public string Description => "exp of the mean cross-entropy a token.";

    /// <inheritdoc/>
    public IMetric Create(PerplexityOptions options, ComponentContext context) => new Perplexity();
}
