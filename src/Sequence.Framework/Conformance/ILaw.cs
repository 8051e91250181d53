using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>
/// Something that every component of a kind keeps, whatever it is inside, and without which no number of its means anything. A law makes the component
/// itself, as often as it needs, and tells what it measured; it knows none by name.
/// </summary>
public interface ILaw
{
    /// <summary>Its name, which stays: lower-case words joined by hyphens.</summary>
    string Name { get; }

    /// <summary>What is kept, in one sentence.</summary>
    string Description { get; }

    /// <summary>Why it has no meaning in an element type, for people; null where it has.</summary>
    string? WhySkipped(ScalarType elementType) => null;
}
