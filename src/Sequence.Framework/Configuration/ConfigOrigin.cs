namespace Sequence.Framework.Configuration;

/// <summary>Who wrote a value, and where.</summary>
/// <param name="Name">The source as people know it: <c>configs/quick.json</c>, <c>--set seed=2</c>, <c>environment SEQUENCE__seed</c>.</param>
/// <param name="File">The file's absolute path; null for the command line and the environment.</param>
/// <param name="Includer">What named the file, where another file or an override did.</param>
public sealed record ConfigOrigin(string Name, string? File = null, ConfigOrigin? Includer = null)
{
    /// <summary>Whether keys match whatever their case: environment variables are commonly written in capitals.</summary>
    public bool AnyCase { get; init; }

    /// <summary>What relative paths written here are relative to.</summary>
    public string Directory => File is null ? Environment.CurrentDirectory : Path.GetDirectoryName(File)!;

    /// <summary>The origin of everything in <paramref name="file"/>, named relative to the working directory where it lies below it.</summary>
    public static ConfigOrigin Of(string file, ConfigOrigin? includer = null)
    {
        var full = Path.GetFullPath(file);
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, full);
        return new(relative.StartsWith("..", StringComparison.Ordinal) ? full : relative, full, includer);
    }

    /// <summary>Whether <paramref name="file"/> is this file or one of those it was included from.</summary>
    public bool Includes(string file) =>
        string.Equals(File, file, StringComparison.Ordinal) || (Includer?.Includes(file) ?? false);
}
