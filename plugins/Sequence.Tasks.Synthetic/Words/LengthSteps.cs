using System.ComponentModel.DataAnnotations;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>Lengths one by one: from, from + step, ... to.</summary>
public sealed record LengthSteps : IValidatableObject
{
    /// <summary>The first.</summary>
    [Range(1, 1 << 20)]
    public required int From { get; init; }

    /// <summary>The last.</summary>
    [Range(1, 1 << 20)]
    public required int To { get; init; }

    /// <summary>From one to the next.</summary>
    [Range(1, 1 << 20)]
    public int Step { get; init; } = 1;

    /// <summary>The lengths, rising.</summary>
    internal IEnumerable<int> All => Enumerable.Range(0, (To - From) / Step + 1).Select(i => From + i * Step);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (From > To)
            yield return new($"{From} is above to {To}: no length is left.", [nameof(From)]);
        else if ((To - From) % Step != 0)
            yield return new($"{Step} does not lead from {From} to {To}: the last length would be {To - (To - From) % Step}.", [nameof(Step)]);
    }
}
