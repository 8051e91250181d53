using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sequence.Framework.Configuration;

namespace Sequence.Framework.Plugins;

/// <summary>
/// The assemblies and native libraries that may be loaded from a folder of plugins, by SHA-256: <c>plugins.lock.json</c> beside the folder. Only a locked host asks.
/// </summary>
public sealed class PluginLock
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly string _file;
    private readonly IReadOnlyCollection<string> _hashes;

    private PluginLock(string file, IReadOnlyCollection<string> hashes)
    {
        _file = file;
        _hashes = hashes;
    }

    /// <summary>The lock's file for a folder of plugins.</summary>
    public static string FileOf(string folder) =>
        Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) ?? folder, "plugins.lock.json");

    /// <summary>Locks a folder of plugins as it stands: every assembly and native library in it, private dependencies too. Returns the file written.</summary>
    public static string Write(string folder)
    {
        var hashes = Libraries(folder).ToDictionary(path => Path.GetRelativePath(folder, path).Replace('\\', '/'), Hash);
        var file = FileOf(folder);
        var fresh = $"{file}.tmp";
        File.WriteAllText(fresh, JsonSerializer.Serialize(new LockFile(hashes), Indented));
        File.Move(fresh, file, overwrite: true);
        return file;
    }

    /// <summary>The lock of a folder of plugins; one that lets nothing through where there is no file.</summary>
    /// <exception cref="ConfigurationException">The file is malformed.</exception>
    internal static PluginLock Read(string folder)
    {
        var file = FileOf(folder);
        return File.Exists(file)
            ? new(file, new StrictBinder(ComponentCatalog.Empty).Bind<LockFile>(ConfigNode.Read(file)).Assemblies.Values.ToHashSet(StringComparer.OrdinalIgnoreCase))
            : new(file, []);
    }

    /// <summary>Refuses a file that is not in the lock.</summary>
    internal void Check(string library)
    {
        if (!_hashes.Contains(Hash(library)))
        {
            throw new PluginFault(
                PluginHealth.Disabled,
                $"The host is locked, and the SHA-256 of {Path.GetFileName(library)} does not stand in {_file}.",
                "If you trust the file, lock the plugins again: sequence plugins --write-lock. Otherwise put back the file that was locked.");
        }
    }

    /// <summary>Refuses a folder with a library that is not in the lock, before any of its code runs.</summary>
    internal void CheckAll(string folder)
    {
        foreach (var library in Libraries(folder))
            Check(library);
    }

    /// <summary>Files with code, managed or native: x.dll, libx.so, libx.so.1, libx.dylib.</summary>
    internal static IEnumerable<string> Libraries(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path).Split('.').Skip(1).Any(part => part is "dll" or "so" or "dylib"))
        .Order(StringComparer.Ordinal);

    internal static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private sealed record LockFile([property: JsonPropertyName("assemblies")] IReadOnlyDictionary<string, string> Assemblies);
}
