namespace Sequence.Tasks.Text;

/// <summary>SHA-256 of a task's files as stored, in hexadecimal; null where a file is trusted.</summary>
public sealed record SplitChecksums
{
    /// <summary>Of the one file that is cut into splits.</summary>
    public string? Text { get; init; }

    /// <summary>Of the training file.</summary>
    public string? Train { get; init; }

    /// <summary>Of the validation file.</summary>
    public string? Validation { get; init; }

    /// <summary>Of the test file.</summary>
    public string? Test { get; init; }

    /// <summary>Of the file of class names.</summary>
    public string? Labels { get; init; }
}
