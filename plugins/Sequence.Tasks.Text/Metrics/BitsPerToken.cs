using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.Tasks.Text.Metrics;

/// <summary>The metric <c>bits-per-token</c> has no options.</summary>
public sealed record BitsPerTokenOptions;

/// <summary>Cross-entropy a token in bits: bits per character or per byte where tokens are characters or bytes.</summary>
internal sealed class BitsPerToken : IMetric
{
    private readonly CrossEntropy _loss = new();

    public string Name => BitsPerTokenFactory.ComponentName;

    public bool HigherIsBetter => false;

    public double Value => _loss.Mean / Math.Log(2);

    public void Add(Tensor logits, Tensor targets) => _loss.Add(logits, targets);
}

/// <summary>Makes <see cref="BitsPerToken"/>.</summary>
public sealed class BitsPerTokenFactory : IComponentFactory<IMetric, BitsPerTokenOptions>
{
    internal const string ComponentName = "bits-per-token";

    /// <inheritdoc/>
    public string Name => ComponentName;

    /// <inheritdoc/>
    public string Description => "Cross-entropy a token in bits: bits per character or byte where tokens are characters or bytes.";

    /// <inheritdoc/>
    public IMetric Create(BitsPerTokenOptions options, ComponentContext context) => new BitsPerToken();
}
