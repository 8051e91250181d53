using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>A component in a word, as commands and code take it, for the configuration that it stands for.</summary>
internal static class ComponentText
{
    /// <summary>The configuration.</summary>
    /// <param name="text">A name, <c>name:value</c> of its first option, a value alone, JSON, or the name of a file of JSON.</param>
    /// <param name="source">Who wrote it.</param>
    /// <param name="kind">The components that there are.</param>
    /// <exception cref="ConfigurationException">It is malformed JSON, or gives a value to a component without options.</exception>
    public static ConfigNode Read(string text, string source, IReadOnlyList<ComponentEntry> kind)
    {
        var origin = new ConfigOrigin(source);
        if (text.TrimStart().StartsWith('{'))
            return ConfigLayers.Parse(origin, text);
        if (text.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return Leaf("", "$", ConfigKind.String, text);
        if (text.Split(':', 2) is [var name, var value])
            return Chosen(name, value);
        return kind.Any(component => component.Name == text) || kind.Where(component => HasWord(component, text)).ToList() is not [var only]
            ? Leaf("", "$", ConfigKind.Text, text)
            : Chosen(only.Name, text);

        ConfigNode Chosen(string name, string value)
        {
            List<ConfigNode> members = [Leaf("name", "$.name", ConfigKind.Text, name)];
            if (kind.FirstOrDefault(component => component.Name == name) is { } component)
            {
                var key = FirstOption(component)?.Name
                    ?? throw new ConfigurationException(new ConfigurationProblem(source, "$", $"\"{name}\" has no options: leave \":{value}\" out."));
                members.Add(Leaf(key, $"$.{key}", ConfigKind.Text, value));
            }

            return new ConfigNode("", "$", origin, null, ConfigKind.Object, null, members);
        }

        ConfigNode Leaf(string key, string path, ConfigKind leaf, string written) => new(key, path, origin, null, leaf, written, []);
    }

    private static bool HasWord(ComponentEntry component, string text) =>
        FirstOption(component)?.Type is { IsEnum: true } words && Enum.GetNames(words).Any(word => ConfigKeys.Kebab(word) == text);

    private static RecordKey? FirstOption(ComponentEntry component) => RecordShape.Of(component.OptionsType)?.Keys is [var first, ..] ? first : null;
}
