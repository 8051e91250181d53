using System.IO.Compression;
using System.Text;
using Sequence.Components;

namespace Sequence.Tasks.Tests;

/// <summary>A folder that ends with its test.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sequence-tasks-").FullName;

    public FilePath Path(string name) => new(name, System.IO.Path.Combine(_folder, name));

    public FilePath Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public FilePath Write(string name, byte[] content)
    {
        var path = Path(name);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var stream = new GZipStream(File.Create(path.Full), CompressionLevel.Fastest);
            stream.Write(content);
        }
        else
        {
            File.WriteAllBytes(path.Full, content);
        }

        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
