using System.ComponentModel.DataAnnotations;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>A part of training with lengths of its own.</summary>
public sealed record LengthStage
{
    /// <summary>Examples it lasts.</summary>
    [Range(1, int.MaxValue)]
    public required int Examples { get; init; }

    /// <summary>Its lengths.</summary>
    public required LengthRange Lengths { get; init; }
}
