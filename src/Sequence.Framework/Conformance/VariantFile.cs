using Sequence.Framework.Configuration;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Conformance;

/// <summary>
/// <c>variants.json</c> in the folder of a plugin: the options that components are tried with. By kind, then by name, a list of components as a
/// configuration would write them:
/// <code>
/// { "mixer": { "attention": [ { "name": "attention" }, { "name": "attention", "heads": 1 } ] } }
/// </code>
/// A component of the plugin without an entry, or of a plugin without the file, is tried with its defaults. A plugin may name a component of another
/// one, to be tried with what it adds to it: an aggregator in the mixer that takes aggregators. Where that one is not installed, nothing is tried.
/// </summary>
public static class VariantFile
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "variants.json";

    private static readonly string[] Remarks = ["$schema", "note"];

    /// <summary>Every variant of every component of a kind on a host, plugin by plugin.</summary>
    /// <exception cref="ConfigurationException">A plugin's file is malformed, or speaks of what there is not.</exception>
    public static IReadOnlyList<Variant> Of<T>(SequenceHost host)
        where T : class
        => [.. host.Plugins.Where(plugin => plugin.Health == PluginHealth.Active).SelectMany(plugin => Of(host, plugin, typeof(T)))];

    /// <summary>The variants that its own plugin names of one component; at least one.</summary>
    /// <exception cref="ConfigurationException">The plugin's file is malformed, or speaks of what there is not.</exception>
    public static IReadOnlyList<Variant> Of(SequenceHost host, ComponentEntry component) =>
        [.. Of(host, host.Plugins.First(plugin => plugin.Id == component.PluginId && plugin.Health == PluginHealth.Active), component.Kind)
            .Where(variant => variant.Component == component)];

    private static IEnumerable<Variant> Of(SequenceHost host, PluginEntry plugin, Type kind)
    {
        var file = Read(host, plugin);
        foreach (var component in host.Components.All.Where(component => component.Kind == kind))
        {
            var nodes = file?[component.KindName]?[component.Name]?.Children ?? (component.PluginId == plugin.Id ? [ByDefault(component)] : []);
            foreach (var node in nodes)
                yield return new Variant(component, plugin.Id, node);
        }
    }

    private static ConfigNode? Read(SequenceHost host, PluginEntry plugin)
    {
        var file = Path.Combine(plugin.Folder, FileName);
        if (!File.Exists(file))
            return null;

        var root = ConfigNode.Read(file);
        var problems = Problems(root, host, plugin).ToList();
        return problems.Count == 0 ? root : throw new ConfigurationException(problems);
    }

    private static IEnumerable<ConfigurationProblem> Problems(ConfigNode root, SequenceHost host, PluginEntry plugin)
    {
        foreach (var kind in root.Children.Where(child => !Remarks.Contains(child.Key)))
        {
            var known = host.Components.All.Where(component => component.KindName == kind.Key).ToList();
            foreach (var name in kind.Children.Where(name => known.All(component => component.Name != name.Key)))
            {
                // what belongs to a plugin that is not here is no slip
                var near = NearMatches.Of(name.Key, known.Select(component => component.Name));
                if (near.Count > 0 || known.Any(component => component.PluginId == plugin.Id))
                    yield return name.Problem($"there is no {kind.Key} \"{name.Key}\"{NearMatches.Ending(name.Key, near)}");
            }

            foreach (var name in kind.Children.Where(name => name.Kind != ConfigKind.List || name.Children.Count == 0))
                yield return name.Problem($"expected a list of components, such as [{{ \"name\": \"{name.Key}\" }}].");
            if (known.Count == 0 && NearMatches.Of(kind.Key, host.Components.All.Select(component => component.KindName)) is { Count: > 0 } kinds)
                yield return kind.Problem($"there is no {kind.Key}{NearMatches.Ending(kind.Key, kinds)}");
        }
    }

    private static ConfigNode ByDefault(ComponentEntry component) =>
        new(component.Name, "$", new ConfigOrigin($"the defaults of {component.Name}"), null, ConfigKind.String, component.Name, []);
}
