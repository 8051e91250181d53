namespace Sequence.Benchmarks.Questions;

/// <summary>The sizes that all questions share unless they say otherwise.</summary>
internal static class Sizes
{
    /// <summary>Rows.</summary>
    public const long B = 4;

    /// <summary>Channels.</summary>
    public const long D = 512;
}
