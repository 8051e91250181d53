using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="AttentionSink"/>.</summary>
public sealed record AttentionSinkOptions
{
    /// <summary>R, the entries held, sinks and window together.</summary>
    public CacheBudget Budget { get; init; } = CacheBudget.Of(256);

    /// <summary>s, the first tokens of a document that stay.</summary>
    [Range(0, 1 << 20)]
    public int Sinks { get; init; } = 4;

    /// <summary>Where keys and queries are taken to stand: in the document, or in the cache as the paper has it, so that no distance exceeds the budget.</summary>
    public EntryPositions Positions { get; init; }
}

/// <summary>
/// The first s entries, to which softmax gives what it has no use for, and the last R - s (StreamingLLM: Xiao et al. 2023, arXiv 2309.17453).
/// <code>
/// held_i     = { j &lt; s } + { j : i - (R - s) &lt; j &lt;= i }
/// lifetime_j = infinite for j &lt; s, else j + R - s - 1            [B, Hkv or 1, n]
/// </code>
/// Where R &lt; s, the first R alone.
/// </summary>
public sealed class AttentionSink(AttentionSinkOptions options) : CachePolicy, ILifetimePolicy
{
    /// <inheritdoc/>
    public override CacheBudget Budget => options.Budget;

    /// <inheritdoc/>
    public override bool PerHead => options.Budget.Heads is not null;

    /// <inheritdoc/>
    public override EntryPositions Positions => options.Positions;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => view.Outliving(Lifetimes(view));

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) => Window.Lifetimes(view, options.Budget, options.Sinks);
}

/// <summary>Makes <see cref="AttentionSink"/>.</summary>
public sealed class AttentionSinkFactory : IComponentFactory<CachePolicy, AttentionSinkOptions>
{
    /// <inheritdoc/>
    public string Name => "attention-sink";

    /// <inheritdoc/>
    public string Description => "The first entries and the last ones, StreamingLLM (arXiv 2309.17453).";

    /// <inheritdoc/>
    public CachePolicy Create(AttentionSinkOptions options, ComponentContext context) => new AttentionSink(options);
}
