using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sequence.Framework.Configuration;

namespace Sequence.Framework.Plugins;

/// <summary>
/// A running host: the plugins that were found, the components they bring, and the container that holds their factories. Modules are never in
/// the container: who makes a model owns it.
/// </summary>
public sealed class SequenceHost : IDisposable
{
    private readonly ServiceProvider _services;

    private SequenceHost(HostOptions options)
    {
        var services = new ServiceCollection();
        var loader = new PluginLoader(HostIdentity.Current, options.DisabledPlugins, () => _services!);
        List<PluginEntry> plugins = [];
        foreach (var folder in Folders(options))
        {
            var (plugin, own) = loader.Load(folder, plugins);
            plugins.Add(plugin);
            services.Add(own);
        }

        Plugins = plugins;
        Components = new ComponentCatalog(plugins);
        services.AddSingleton(Components);
        _services = services.BuildServiceProvider();
    }

    /// <summary>The container: component factories, and what plugins registered.</summary>
    public IServiceProvider Services => _services;

    /// <summary>Every component that JSON can name.</summary>
    public ComponentCatalog Components { get; }

    /// <summary>Every plugin that was found, usable or not, in the order found.</summary>
    public IReadOnlyList<PluginEntry> Plugins { get; }

    /// <summary>Finds and loads the plugins. A bad plugin is an entry with a reason, never an exception.</summary>
    /// <exception cref="ConfigurationException">A folder of plugins that was asked for does not exist.</exception>
    public static SequenceHost Start(HostOptions options) => new(options);

    /// <summary>Reads a file with its layers and binds it.</summary>
    /// <param name="configFile">A JSON file.</param>
    /// <param name="sets">What <c>--set</c> was given: <c>a.b=c</c>.</param>
    /// <exception cref="ConfigurationException">Anything is wrong with it; every problem is in the exception.</exception>
    public T Load<T>(string configFile, IReadOnlyList<string> sets)
        where T : notnull
        => Bind<T>(ConfigNode.Load(configFile, sets));

    /// <summary>Binds a node of a configuration to an options record.</summary>
    /// <exception cref="ConfigurationException">Anything is wrong with it; every problem is in the exception.</exception>
    public T Bind<T>(ConfigNode node)
        where T : notnull
        => new StrictBinder(Components).Bind<T>(node);

    /// <inheritdoc/>
    public void Dispose() => _services.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static IEnumerable<PluginFolder> Folders(HostOptions options)
    {
        var roots = options.PluginFolders.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).ToList();
        var missing = roots.Where(root => root != Path.GetFullPath(HostOptions.Own) && !Directory.Exists(root)).ToList();
        if (missing.Count > 0)
            throw new ConfigurationException([.. missing.Select(root => new ConfigurationProblem(null, root, "there is no such folder of plugins."))]);
        return roots.Where(Directory.Exists).SelectMany(root => PluginFolder.Below(root, options.Locked));
    }
}
