namespace Sequence.Tasks;

/// <summary>A data file is missing, malformed or not the one expected. The message names the file, the line where there is one, and what to do.</summary>
public sealed class TaskDataException : Exception
{
    /// <summary>A problem with a whole file.</summary>
    public TaskDataException(string file, string problem) : base($"{file}: {problem}") => File = file;

    /// <summary>A problem at a line, counted from 1.</summary>
    public TaskDataException(string file, long line, string problem) : base($"{file}({line}): {problem}")
    {
        File = file;
        Line = line;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, from 1; null where the problem is the file's as a whole.</summary>
    public long? Line { get; }
}
