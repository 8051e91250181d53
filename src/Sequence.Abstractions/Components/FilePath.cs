namespace Sequence.Components;

/// <summary>A file named in JSON. Relative paths are relative to the file that names them; on the command line, to the working directory.</summary>
/// <param name="Written">The path as written.</param>
/// <param name="Full">The absolute path.</param>
public sealed record FilePath(string Written, string Full)
{
    /// <inheritdoc/>
    public override string ToString() => Full;
}
