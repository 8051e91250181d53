namespace Sequence.Framework;

/// <summary>A folder of configuration files for one test.</summary>
public sealed class ConfigFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("sequence-config-").FullName;

    /// <summary>Writes a file, folders included, and returns its path.</summary>
    public string Write(string name, string content)
    {
        var file = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => Path.Combine(_path, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_path, recursive: true);
}
