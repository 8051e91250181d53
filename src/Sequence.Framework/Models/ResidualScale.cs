using System.ComponentModel.DataAnnotations;

namespace Sequence.Framework.Models;

/// <summary>
/// A factor s on each residual branch, so that the stream does not grow with the depth L of the stack. By default the constant 1 / sqrt(2 L),
/// which is what GPT-2 starts the output projections of its 2 L branches with, kept apart from their weights.
/// </summary>
public sealed record ResidualScale : IValidatableObject
{
    /// <summary>s, or where s starts when learned; null for 1 / sqrt(2 L).</summary>
    [Range(0.0, 100.0)]
    public double? Value { get; init; }

    /// <summary>
    /// Whether s is trained, one value a channel: [D], LayerScale (Touvron et al. 2021, arXiv 2103.17239), there from 0.1 down to 1e-6 with
    /// depth; from 0 as ReZero (arXiv 2003.04887). A constant otherwise.
    /// </summary>
    public bool Learned { get; init; }

    /// <summary>s in a stack of <paramref name="depth"/> blocks, at the start of training.</summary>
    internal double At(int depth) => Value ?? 1 / Math.Sqrt(2 * depth);

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Value == 0 && !Learned)
            yield return new ValidationResult("a constant of 0 switches the branch off: learn it (\"learned\": true), or choose another.", [nameof(Value)]);
    }
}
