using System.ComponentModel.DataAnnotations;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>Lengths of words, each as likely as the others.</summary>
public sealed record LengthRange : IValidatableObject
{
    /// <summary>The shortest.</summary>
    [Range(1, 1 << 20)]
    public int Min { get; init; } = 1;

    /// <summary>The longest.</summary>
    [Range(1, 1 << 20)]
    public required int Max { get; init; }

    /// <summary>The lengths, rising.</summary>
    internal IEnumerable<int> All => Enumerable.Range(Min, Max - Min + 1);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Min > Max)
            yield return new($"{Min} is above max {Max}: no length is left.", [nameof(Min)]);
    }
}
