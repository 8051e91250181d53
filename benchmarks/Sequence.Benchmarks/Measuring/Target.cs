namespace Sequence.Benchmarks.Measuring;

/// <summary>Something that the figures of a run are to keep.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Line">What is to hold, in words.</param>
/// <param name="Measured">The worst figure and where it stands; or why there is none.</param>
/// <param name="Holds">Null where the run measured no part of it.</param>
public sealed record Target(string Name, string Line, string Measured, bool? Holds)
{
    /// <summary>The verdict in a word.</summary>
    public string Verdict => Holds switch { true => "yes", false => "no", null => "not measured" };
}
