using Sequence.Components;
using Sequence.Framework.Configuration;

namespace Sequence.Framework.Plugins;

/// <summary>Every component that JSON can name on this host.</summary>
/// <param name="plugins">The plugins that were found, usable or not.</param>
public sealed class ComponentCatalog(IReadOnlyList<PluginEntry> plugins)
{
    /// <summary>A catalog of nothing.</summary>
    public static ComponentCatalog Empty { get; } = new([]);

    /// <summary>The components of the active plugins, by kind, then by name.</summary>
    public IReadOnlyList<ComponentEntry> All { get; } =
    [
        .. plugins
            .Where(plugin => plugin.Health == PluginHealth.Active)
            .SelectMany(plugin => plugin.Components)
            .OrderBy(component => component.KindName, StringComparer.Ordinal)
            .ThenBy(component => component.Name, StringComparer.Ordinal),
    ];

    /// <summary>Binds a node to a component: a name, or an object with a name and options.</summary>
    /// <exception cref="ConfigurationException">There is none of that name, its plugin is not active, or its options are wrong.</exception>
    public Component<T> Bind<T>(ConfigNode node)
        where T : class
        => new StrictBinder(this).Bind<Component<T>>(node);

    /// <summary>
    /// A component as people write it in a word: its name; its name and first option, <c>sliding-window:256</c>; the first option alone, where it is a word that only
    /// one component has for it, as <c>int8</c>; JSON; or the name of a file of JSON.
    /// </summary>
    /// <param name="text">What is written.</param>
    /// <param name="source">Who wrote it, for messages: <c>--cache</c>.</param>
    /// <exception cref="ConfigurationException">There is no such component, its plugin is not active, or its options are wrong.</exception>
    public Component<T> Read<T>(string text, string source = "text")
        where T : class
        => Bind<T>(ComponentText.Read(text, source, [.. Of(typeof(T))]));

    /// <summary>The component of that kind and name; null where no active plugin has it.</summary>
    internal ComponentEntry? Find(Type kind, string name) => Of(kind).FirstOrDefault(component => component.Name == name);

    /// <summary>The names of a kind with their plugins, as a list for people.</summary>
    internal string List(Type kind) => Of(kind).Any()
        ? string.Join(", ", Of(kind).Select(component => $"{component.Name} ({component.PluginId})"))
        : "none";

    /// <summary>Why there is no component of that kind and name, and what to do.</summary>
    internal string Unknown(Type kind, string name)
    {
        var kindName = ComponentKinds.NameOf(kind);
        var bad = plugins.Where(plugin => plugin.Health != PluginHealth.Active).ToList();
        if (bad.Find(plugin => plugin.Components.Any(component => component.Kind == kind && component.Name == name)) is { } owner)
            return $"the {kindName} \"{name}\" belongs to the plugin {Describe(owner)}";

        var suspects = string.Concat(bad.Select(plugin => $" It may belong to the plugin {Describe(plugin)}"));
        return $"unknown {kindName} \"{name}\"{NearMatches.Ending(name, Of(kind).Select(component => component.Name))} There are: {List(kind)}.{suspects}";
    }

    private static string Describe(PluginEntry plugin) => $"{plugin.Id}, which is {plugin.Health}: {plugin.Reason} {plugin.Remedy}";

    private IEnumerable<ComponentEntry> Of(Type kind) => All.Where(component => component.Kind == kind);
}
