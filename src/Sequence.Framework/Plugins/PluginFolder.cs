namespace Sequence.Framework.Plugins;

/// <summary>A folder that holds, or should hold, one plugin.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Lock">What may be loaded from it; null where the host is not locked.</param>
internal sealed record PluginFolder(string Path, PluginLock? Lock)
{
    /// <summary>
    /// The folders of plugins below <paramref name="root"/>, by name; <paramref name="root"/> itself where it is a plugin. A folder without any
    /// file is none: builds leave them where a plugin was.
    /// </summary>
    public static IEnumerable<PluginFolder> Below(string root, bool locked)
    {
        var pluginLock = locked ? PluginLock.Read(root) : null;
        IEnumerable<string> folders = File.Exists(System.IO.Path.Combine(root, PluginManifest.FileName))
            ? [root]
            : Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal);
        return folders
            .Select(folder => new PluginFolder(System.IO.Path.GetFullPath(folder), pluginLock))
            .Where(folder => !folder.IsReadable || Directory.EnumerateFiles(folder.Path).Any());
    }

    /// <summary>Whether the process may list what is in it.</summary>
    public bool IsReadable
    {
        get
        {
            try
            {
                _ = Directory.EnumerateFileSystemEntries(Path).Any();
                return true;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>The path of a file in it.</summary>
    public string Holding(string name) => System.IO.Path.Combine(Path, name);
}
