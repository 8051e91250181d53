namespace Sequence.Framework.Training;

/// <summary>Files and folders that are there whole or not at all, whenever the process is killed: written beside their place, flushed to disk, renamed.</summary>
public static class AtomicFile
{
    private const string Unfinished = ".unfinished";

    /// <summary>Writes a file, in place of the one that may be there.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var beside = path + Unfinished;
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Makes a new folder. Files in it are to be written with <see cref="Write"/>.</summary>
    public static void WriteFolder(string path, Action<string> write)
    {
        var beside = path + Unfinished;
        if (Directory.Exists(beside))
            Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside);
        write(beside);
        Directory.Move(beside, path);
    }

    /// <summary>Whether a name is one that a killed process left behind.</summary>
    public static bool IsUnfinished(string path) => path.EndsWith(Unfinished, StringComparison.Ordinal);
}
