using System.Text.Json.Nodes;

namespace Sequence.Framework.Plugins;

/// <summary>A folder of plugins for one test: copies of fixtures, to be spoilt at will.</summary>
public sealed class PluginFolderCopy : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sequence-plugins-").FullName;

    /// <summary>Copies fixtures by their short names; the folders' names order them.</summary>
    public PluginFolderCopy(params string[] fixtures)
    {
        Directory.CreateDirectory(Plugins);
        foreach (var fixture in fixtures)
            Add(fixture, $"Fixtures.{fixture}");
    }

    /// <summary>The folder of plugins.</summary>
    public string Plugins => Path.Combine(_root, "plugins");

    /// <summary>Copies one more, into a folder of that name.</summary>
    public void Add(string fixture, string folder)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "fixtures", $"Fixtures.{fixture}");
        var target = Directory.CreateDirectory(Path.Combine(Plugins, folder)).FullName;
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    /// <summary>The path of a file of a plugin.</summary>
    public string Holding(string fixture, string name) => Path.Combine(Plugins, $"Fixtures.{fixture}", name);

    /// <summary>The path of a plugin's assembly.</summary>
    public string Assembly(string fixture) => Holding(fixture, $"Fixtures.{fixture}.dll");

    /// <summary>Changes one value of a manifest.</summary>
    public void Rewrite(string fixture, string key, JsonNode value)
    {
        var file = Holding(fixture, "plugin.json");
        var manifest = JsonNode.Parse(File.ReadAllText(file))!;
        manifest[key] = value;
        File.WriteAllText(file, manifest.ToJsonString());
    }

    /// <summary>A host of these plugins alone.</summary>
    public SequenceHost Start(bool locked = false, params string[] disabled) =>
        SequenceHost.Start(new HostOptions { PluginFolders = [Plugins], Locked = locked, DisabledPlugins = disabled });

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_root, recursive: true);
}
