namespace Sequence.Framework.Configuration;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="File">Who wrote it: a file, an environment variable, a <c>--set</c>; null where nobody did.</param>
/// <param name="Path">Where it stands in that file, such as <c>$.model.dModel</c>.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record ConfigurationProblem(string? File, string Path, string Message)
{
    /// <summary>Line in the file, from 1.</summary>
    public int? Line { get; init; }

    /// <summary>The problem on one line, the way compilers write theirs.</summary>
    public override string ToString() => File is null
        ? $"{Path}: {Message}"
        : Line is null ? $"{File}: {Path}: {Message}" : $"{File}({Line}): {Path}: {Message}";
}
