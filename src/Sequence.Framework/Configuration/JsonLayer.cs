using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.Json;

namespace Sequence.Framework.Configuration;

/// <summary>One JSON document as a layer of a configuration: a file, or what a <c>--set</c> stands for.</summary>
internal sealed class JsonLayer : JsonStreamConfigurationProvider, IConfigLayer
{
    private readonly ConfigOrigin _origin;
    private readonly JsonSite _root;
    private readonly int _steps;

    private JsonLayer(byte[] json, ConfigOrigin origin, int steps)
        : base(new JsonStreamConfigurationSource { Stream = new MemoryStream(json, writable: false) })
    {
        _origin = origin;
        _steps = steps;
        _root = JsonSite.Read(json, origin.Name);
    }

    /// <summary>The document in a file.</summary>
    /// <exception cref="ConfigurationException">There is no such file, it cannot be read, or it is malformed.</exception>
    public static JsonLayer OfFile(ConfigOrigin origin)
    {
        try
        {
            var json = File.ReadAllBytes(origin.File!).AsSpan();
            return new(json.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..].ToArray() : json.ToArray(), origin, 0);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException(new ConfigurationProblem(origin.Name, "$", $"there is no such file{Siblings(origin.File!)}"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(new ConfigurationProblem(origin.Name, "$", $"the file cannot be read: {failure.Message}"));
        }
    }

    /// <summary>A document in itself.</summary>
    /// <exception cref="ConfigurationException">It is malformed.</exception>
    public static JsonLayer OfText(ConfigOrigin origin, string json) => new(Encoding.UTF8.GetBytes(json), origin, 0);

    /// <summary>
    /// The document that <c>--set a.b=c</c> stands for: <c>{ "a": { "b": c } }</c>, where c is text for whoever reads it, or JSON where it is
    /// an array or an object. List items are named <c>blocks.0</c> or <c>blocks[0]</c>.
    /// </summary>
    /// <exception cref="ConfigurationException">It is not of that form.</exception>
    public static JsonLayer OfSet(string set)
    {
        var origin = new ConfigOrigin($"--set {set}") { AnyCase = true };
        if (set.Split('=', 2) is not [var path, var written] || Steps(path) is not { } steps)
            throw new ConfigurationException(new ConfigurationProblem(origin.Name, "$", "expected key=value, such as model.dModel=64 or model.blocks.0.repeat=2."));

        var json = written.StartsWith('[') || written.StartsWith('{') ? written : JsonValue.Create(written).ToJsonString();
        foreach (var step in steps.Reverse())
            json = $"{{{JsonSerializer.Serialize(step)}:{json}}}";
        return new(Encoding.UTF8.GetBytes(json), origin, steps.Length);
    }

    /// <inheritdoc/>
    public ConfigNode Read() => Read(_root, parent: null, path: "$", depth: 0);

    /// <summary>Above the value that a <c>--set</c> gives, objects are steps on the way; that value, where it is no JSON, is text.</summary>
    private ConfigNode Read(JsonSite site, string? parent, string path, int depth)
    {
        var key = parent is null ? site.Key : $"{parent}:{site.Key}";
        var kind = depth < _steps ? ConfigKind.Step
            : depth == _steps && site.Kind == ConfigKind.String ? ConfigKind.Text
            : site.Kind;
        string? text = null;
        if (kind is not (ConfigKind.Object or ConfigKind.List or ConfigKind.Step))
            TryGet(key, out text);
        return new ConfigNode(site.Key, path, _origin, _origin.File is null ? null : site.Line, kind, text,
        [
            .. site.Children.Select(child => Read(
                child,
                depth == 0 ? null : key,
                site.Kind == ConfigKind.List ? $"{path}[{child.Key}]" : $"{path}.{child.Key}",
                depth + 1)),
        ]);
    }

    private static string[]? Steps(string path)
    {
        var steps = path.Trim().Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        return steps.Any(step => step.Length == 0 || step.Contains(':', StringComparison.Ordinal)) ? null : steps;
    }

    private static string Siblings(string file) => Directory.Exists(Path.GetDirectoryName(file))
        ? NearMatches.Ending(Path.GetFileName(file), Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.json").Select(path => Path.GetFileName(path)!))
        : $", nor a folder {Path.GetDirectoryName(file)}.";
}
