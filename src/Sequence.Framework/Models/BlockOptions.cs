using System.ComponentModel.DataAnnotations;
using Sequence.Blocks;
using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Framework.Scans;
using Sequence.Mixers;

namespace Sequence.Framework.Models;

/// <summary>
/// One entry of a stack: a block, or a pattern of blocks that is repeated as a whole.
/// <code>
/// { "repeat": 3, "pattern": [{ "repeat": 2, "mixer": "mamba" }, { "mixer": "attention" }] }      depth 9: m m a m m a m m a
/// </code>
/// A pattern holds blocks, not patterns: its blocks may repeat themselves, and deeper nesting no longer reads as a stack.
/// </summary>
public sealed record BlockOptions : IValidatableObject
{
    /// <summary>How many times the block or the pattern stands in the stack, one after the other.</summary>
    [Range(1, 1_024)]
    public int Repeat { get; init; } = 1;

    /// <summary>
    /// Whether the entry is made once, so that every depth it stands at shares its weights, each with a state of its own. A tied pattern is a
    /// Universal Transformer (arXiv 1807.03819) of several blocks; a tied block in a pattern that is not is the shared block of Zamba
    /// (arXiv 2405.16712).
    /// </summary>
    public bool Tied { get; init; }

    /// <summary>The blocks to repeat as a whole; null for a block.</summary>
    [MinLength(1)]
    public IReadOnlyList<BlockOptions>? Pattern { get; init; }

    /// <summary>Mixes along time; null for a pattern.</summary>
    public Component<SequenceMixer>? Mixer { get; init; }

    /// <summary>Mixes the channels of each token; null for a block without one.</summary>
    public Component<ChannelMixer>? ChannelMixer { get; init; }

    /// <summary>The norm of this block; null for that of the model.</summary>
    public Component<Norm>? Norm { get; init; }

    /// <summary>How the branches of this block join the residual stream; null for the model's way.</summary>
    public ResidualStyle? Residual { get; init; }

    /// <summary>The factor on the branches of this block; null for that of the model.</summary>
    public ResidualScale? ResidualScale { get; init; }

    /// <summary>How the mixer's scan is computed, where it is one: the same function in every way. Null for the fastest.</summary>
    public ScanSchedule? Schedule { get; init; }

    /// <summary>Which entries the mixer's cache keeps, where it keeps entries of tokens; null for the model's policy.</summary>
    public Component<CachePolicy>? Cache { get; init; }

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) =>
        Problems().Select(problem => new ValidationResult(problem.Message, problem.Member is { } member ? [member] : null));

    /// <summary>What does not go together, each with the property to look at.</summary>
    internal IEnumerable<(string? Member, string Message)> Problems()
    {
        if (Pattern is null)
        {
            if (Mixer is null)
                yield return (null, "a block needs a \"mixer\", or a \"pattern\" of blocks to repeat.");
            yield break;
        }

        if (Pattern.Count == 0)
            yield return (nameof(Pattern), "the pattern holds no blocks.");
        if (Pattern.Any(block => block.Pattern is not null))
            yield return (nameof(Pattern), "a pattern holds blocks, not patterns: write the inner one out, or give its blocks a \"repeat\".");
        foreach (var (member, value) in OfBlocks().Where(each => each.Value is not null))
            yield return (member, $"\"{ConfigKeys.Camel(member)}\" stands beside \"pattern\", but belongs to a block: put it into the blocks of the pattern.");
    }

    private IEnumerable<(string Member, object? Value)> OfBlocks() =>
    [
        (nameof(Mixer), Mixer), (nameof(ChannelMixer), ChannelMixer), (nameof(Norm), Norm), (nameof(Residual), Residual),
        (nameof(ResidualScale), ResidualScale), (nameof(Schedule), Schedule), (nameof(Cache), Cache),
    ];
}
