using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Framework.Training;

namespace Sequence.Cli.Output;

/// <summary>
/// The folder that a verb writes to: held by one process at a time, and by one configuration for good, so that numbers of two
/// configurations never mix. <c>config.json</c> in it says whose it is.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    private const string ConfigFile = "config.json";
    private const string LockFile = ".lock";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly FileStream _lock;

    private OutputFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The folder for a configuration file: what <c>--output</c> says, or <c>runs/NAME</c>.</summary>
    public static string For(string? output, string configFile) =>
        output ?? System.IO.Path.Combine("runs", System.IO.Path.GetFileNameWithoutExtension(configFile));

    /// <summary>Makes the folder, or goes on in it, and holds it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="config">The resolved configuration.</param>
    /// <param name="resume">Whether to go on with what is there.</param>
    /// <exception cref="UsageException">It is another configuration's, holds results already, is something else, or is in use.</exception>
    public static OutputFolder Open(string path, JsonNode config, bool resume)
    {
        Check(path, config, resume);
        Directory.CreateDirectory(path);
        return new OutputFolder(path, Hold(path));
    }

    /// <summary>Writes whose the folder is. (A run does so itself.)</summary>
    public void Sign(JsonNode config) => AtomicFile.Write(System.IO.Path.Combine(Path, ConfigFile), stream => JsonSerializer.Serialize(stream, config, Indented));

    public void Dispose() => _lock.Dispose();

    private static void Check(string path, JsonNode config, bool resume)
    {
        if (File.Exists(path))
            throw new UsageException($"{path} is a file. Name a folder with --output DIR.");
        if (!Directory.Exists(path))
            return;

        var file = System.IO.Path.Combine(path, ConfigFile);
        if (!File.Exists(file))
        {
            if (Directory.EnumerateFileSystemEntries(path).Any(entry => System.IO.Path.GetFileName(entry) != LockFile && !AtomicFile.IsUnfinished(entry)))
                throw new UsageException($"{path} is not empty and holds nothing of this command's. Choose another folder with --output DIR.");
            return;
        }

        var difference = JsonDifference.First(Read(file), JsonNode.Parse(config.ToJsonString()));
        if (difference is not null)
            throw new UsageException($"{path} holds results of another configuration ({difference}). Choose another folder with --output DIR, or --resume with the configuration in {file}.");
        if (!resume)
            throw new UsageException($"{path} already holds results of this configuration. Continue them with --resume, or start anew in another folder with --output DIR.");
    }

    private static JsonNode? Read(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file));
        }
        catch (JsonException problem)
        {
            throw new UsageException($"{file} is not JSON ({problem.Message}). Choose another folder with --output DIR.");
        }
    }

    private static FileStream Hold(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new UsageException($"{path} is in use by another process. Wait for it, or choose another folder with --output DIR.");
        }
    }
}
