using System.ComponentModel.DataAnnotations;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>A part of training with easier words.</summary>
public sealed record CurriculumStage
{
    /// <summary>Passes it lasts.</summary>
    [Range(1, 1 << 20)]
    public required int Passes { get; init; }

    /// <summary>Lengths T.</summary>
    public required LengthRange Lengths { get; init; }

    /// <summary>Elements that words are made of; their products are any. Null for all.</summary>
    [Range(1, int.MaxValue)]
    public int? Elements { get; init; }
}
