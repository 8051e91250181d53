using Sequence.Framework.Conformance;

namespace Sequence.Harness.Comparisons;

/// <summary>A law that a mixer or a cache policy of a model breaks.</summary>
/// <param name="Model">The model's name in the comparison.</param>
/// <param name="Grade">What breaks it, and the law.</param>
public sealed record BrokenLaw(string Model, Grade Grade)
{
    /// <summary>For people: what breaks which law, and where it shows.</summary>
    public string Text => $"{Grade.Subject} ({Grade.Plugin}) breaks {Grade.Law}: {Grade.Message}";
}
