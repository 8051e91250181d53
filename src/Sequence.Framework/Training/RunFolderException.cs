namespace Sequence.Framework.Training;

/// <summary>A folder holds a run that is not the one asked for, or one that cannot be gone on with. The message says what to do.</summary>
public sealed class RunFolderException(string folder, string problem) : Exception($"{folder}: {problem}")
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;
}
