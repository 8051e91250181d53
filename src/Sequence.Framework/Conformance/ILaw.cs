namespace Sequence.Framework.Conformance;

/// <summary>
/// Something that every mixer keeps, whatever its architecture, and without which no number of its means anything. A law makes the mixer
/// itself, as often as it needs, and tells what it measured; it knows no model.
/// </summary>
public interface ILaw
{
    /// <summary>Its name, which stays: lower-case words joined by hyphens.</summary>
    string Name { get; }

    /// <summary>What is kept, in one sentence.</summary>
    string Description { get; }

    /// <summary>Whether the law says anything about such a mixer.</summary>
    bool AppliesTo(Candidate candidate) => true;

    /// <summary>Tries a mixer. What it throws is a failure too.</summary>
    void Judge(Candidate candidate, Findings findings);
}
