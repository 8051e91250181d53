using Sequence.Framework.Configuration;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Conformance;

/// <summary>
/// <c>variants.json</c> in the folder of a plugin: the options that its components are tried with. By kind, then by name, a list of components
/// as a configuration would write them:
/// <code>
/// { "mixer": { "attention": [ { "name": "attention" }, { "name": "attention", "heads": 1 } ] } }
/// </code>
/// A component without an entry, or a plugin without the file, is tried with its defaults.
/// </summary>
public static class VariantFile
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "variants.json";

    private static readonly string[] Remarks = ["$schema", "note"];

    /// <summary>Every variant of every component of a kind on a host.</summary>
    /// <exception cref="ConfigurationException">A plugin's file is malformed, or speaks of what the plugin does not have.</exception>
    public static IReadOnlyList<Variant> Of<T>(SequenceHost host)
        where T : class
        => [.. host.Components.All.Where(component => component.Kind == typeof(T)).SelectMany(component => Of(host, component))];

    /// <summary>The variants of one component.</summary>
    /// <exception cref="ConfigurationException">Its plugin's file is malformed, or speaks of what the plugin does not have.</exception>
    public static IReadOnlyList<Variant> Of(SequenceHost host, ComponentEntry component)
    {
        var plugin = host.Plugins.First(plugin => plugin.Id == component.PluginId && plugin.Components.Contains(component));
        var nodes = Read(plugin)?[component.KindName]?[component.Name]?.Children ?? [ByDefault(component)];
        return [.. nodes.Select(node => new Variant(component, node))];
    }

    private static ConfigNode? Read(PluginEntry plugin)
    {
        var file = Path.Combine(plugin.Folder, FileName);
        if (!File.Exists(file))
            return null;

        var root = ConfigNode.Read(file);
        var problems = Problems(root, plugin).ToList();
        return problems.Count == 0 ? root : throw new ConfigurationException(problems);
    }

    private static IEnumerable<ConfigurationProblem> Problems(ConfigNode root, PluginEntry plugin)
    {
        foreach (var kind in root.Children.Where(child => !Remarks.Contains(child.Key)))
        {
            var own = plugin.Components.Where(component => component.KindName == kind.Key).Select(component => component.Name).ToList();
            if (own.Count == 0)
            {
                yield return kind.Problem($"{plugin.Id} has no {kind.Key}{NearMatches.Ending(kind.Key, plugin.Components.Select(component => component.KindName))}");
                continue;
            }

            foreach (var name in kind.Children)
            {
                if (!own.Contains(name.Key))
                    yield return name.Problem($"{plugin.Id} has no {kind.Key} \"{name.Key}\"{NearMatches.Ending(name.Key, own)}");
                else if (name.Kind != ConfigKind.List || name.Children.Count == 0)
                    yield return name.Problem($"expected a list of components, such as [{{ \"name\": \"{name.Key}\" }}].");
            }
        }
    }

    private static ConfigNode ByDefault(ComponentEntry component) =>
        new(component.Name, "$", new ConfigOrigin($"the defaults of {component.Name}"), null, ConfigKind.String, component.Name, []);
}
