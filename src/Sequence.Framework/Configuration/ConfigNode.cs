using System.Text.Json.Nodes;

namespace Sequence.Framework.Configuration;

/// <summary>
/// One place in a layered configuration, with what stands there and who wrote it. Lower layers are overlaid by higher ones: the JSON file, then
/// <c>SEQUENCE__a__b</c> in the environment, then <c>--set a.b=c</c>.
/// </summary>
public sealed class ConfigNode
{
    private ConfigNode? _included;
    private JsonNode? _settled;

    internal ConfigNode(string key, string path, ConfigOrigin origin, int? line, ConfigKind kind, string? text, IReadOnlyList<ConfigNode> children)
    {
        Key = key;
        Path = path;
        Origin = origin;
        Line = line;
        Kind = kind;
        Text = text;
        Children = children;
    }

    /// <summary>Key in the object, or index in the list, around it; empty at the root.</summary>
    public string Key { get; }

    /// <summary>Where it stands in what wrote it, such as <c>$.model.dModel</c>: in an included file, from that file's root.</summary>
    public string Path { get; }

    /// <summary>Who wrote it.</summary>
    public ConfigOrigin Origin { get; }

    /// <summary>The file that wrote it, absolute; null where an environment variable or the command line did.</summary>
    public string? File => Origin.File;

    /// <summary>Its line in the file, from 1.</summary>
    public int? Line { get; }

    /// <summary>What it is.</summary>
    public ConfigKind Kind { get; }

    /// <summary>The value of a string, number, boolean or override as written; null elsewhere.</summary>
    public string? Text { get; }

    /// <summary>
    /// Members of an object or items of a list, in the order written. A string has children where a higher layer adds options to what the
    /// string names.
    /// </summary>
    public IReadOnlyList<ConfigNode> Children { get; }

    /// <summary>The member or item of that key; null where there is none. Through a string that names a file, of that file.</summary>
    public ConfigNode? this[string key] => Section().Children.FirstOrDefault(child => child.Key == key);

    /// <summary>Reads a file with everything that is laid over it.</summary>
    /// <param name="file">A JSON file.</param>
    /// <param name="sets">What <c>--set</c> was given, first to last: <c>a.b=c</c>.</param>
    /// <exception cref="ConfigurationException">The file is missing or malformed, or a set is not of that form.</exception>
    public static ConfigNode Load(string file, IReadOnlyList<string> sets) => ConfigLayers.Read(ConfigOrigin.Of(file), sets);

    /// <summary>Reads a file and nothing else: the record of a run rather than the wish for one.</summary>
    /// <exception cref="ConfigurationException">The file is missing or malformed.</exception>
    public static ConfigNode Read(string file) => ConfigLayers.Read(ConfigOrigin.Of(file));

    /// <summary>
    /// This, overlaid by <paramref name="other"/>: objects member by member; a list, a plain value or a null as a whole. Options laid over a
    /// string add to what the string names (a component, a file).
    /// </summary>
    public ConfigNode Overlay(ConfigNode other)
    {
        if (other.Kind is not (ConfigKind.Object or ConfigKind.Step) || Kind is ConfigKind.Number or ConfigKind.Boolean or ConfigKind.Null
            || (Kind == ConfigKind.List && other.Kind == ConfigKind.Object))
            return other;

        var children = Children.ToList();
        foreach (var child in other.Children)
        {
            var comparison = child.Origin.AnyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            var at = children.FindIndex(known => string.Equals(known.Key, child.Key, comparison));
            if (at < 0)
                children.Add(child);
            else
                children[at] = children[at].Overlay(child);
        }

        var kind = Kind == ConfigKind.Step ? other.Kind : Kind;
        return new(Key, Path, Origin, Line, kind, Text, children);
    }

    /// <summary>
    /// The configuration as bound: overrides in place, files that were named included, file names absolute. What no binding has read yet
    /// stands as written.
    /// </summary>
    public JsonNode ToJson() => Json() ?? throw new InvalidOperationException($"{Origin.Name}: {Path} is null, which is no JSON node.");

    /// <summary>
    /// This as an object or a list: where it is a string that ends in <c>.json</c>, the content of that file, relative to the file that names it,
    /// overlaid by the options laid over the string.
    /// </summary>
    /// <exception cref="ConfigurationException">The file is missing, malformed, or includes itself.</exception>
    internal ConfigNode Section() => NamesFile ? _included ??= Include() : this;

    /// <summary>Keeps the value that a binding took this for.</summary>
    internal void Settle(JsonNode? value) => _settled = value;

    internal ConfigurationProblem Problem(string message) => new(Origin.Name, Path, message) { Line = Line };

    private bool NamesFile => Kind is ConfigKind.String or ConfigKind.Text && Text!.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private ConfigNode Include()
    {
        var file = System.IO.Path.GetFullPath(Text!, Origin.Directory);
        if (Origin.Includes(file))
            throw new ConfigurationException(Problem($"the file {file} includes itself."));
        try
        {
            var content = ConfigLayers.Read(ConfigOrigin.Of(file, Origin));
            return content.Overlay(new(Key, Path, Origin, Line, ConfigKind.Step, null, Children));
        }
        catch (ConfigurationException missing) when (!System.IO.File.Exists(file))
        {
            throw new ConfigurationException(Problem(string.Join(" ", missing.Problems.Select(problem => $"\"{Text}\" is {problem.File}: {problem.Message}"))));
        }
    }

    private JsonNode? Json()
    {
        if (_included is not null)
            return _included.Json();
        if (_settled is not null && Children.Count == 0)
            return _settled.DeepClone();
        return Kind switch
        {
            ConfigKind.List => new JsonArray([.. Children.Select(child => child.Json())]),
            ConfigKind.Object => Members(),
            ConfigKind.Step when Children.Count > 0 && Children.All(child => int.TryParse(child.Key, out _)) => new JsonArray([.. Children.Select(child => child.Json())]),
            ConfigKind.Step => Members(),
            ConfigKind.Null => null,
            ConfigKind.Number => JsonNode.Parse(Text!),
            ConfigKind.Boolean => JsonValue.Create(bool.Parse(Text!)),
            _ when Children.Count > 0 => new JsonObject([KeyValuePair.Create("name", (JsonNode?)JsonValue.Create(Text)), .. Members()]),
            _ => JsonValue.Create(Text),
        };
    }

    private JsonObject Members() =>
        new(Children.Where(child => child.Key != "$schema").Select(child => KeyValuePair.Create(child.Key, child.Json())));
}
