using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Sequence.Framework.Plugins;

/// <summary>Takes one plugin from its folder into the host. Whatever goes wrong ends in the plugin's entry, and there alone.</summary>
/// <param name="host">What the host offers.</param>
/// <param name="disabled">Ids of plugins that are switched off from outside.</param>
/// <param name="services">The host's container, once there is one.</param>
internal sealed class PluginLoader(HostIdentity host, IReadOnlyCollection<string> disabled, Func<IServiceProvider> services)
{
    private const string Rebuild = "Build or install the plugin again.";

    /// <summary>Loads a plugin and what it registers; nothing is registered where it is not active.</summary>
    /// <param name="folder">Where it is.</param>
    /// <param name="others">The plugins loaded before it.</param>
    public (PluginEntry Plugin, IServiceCollection Services) Load(PluginFolder folder, IReadOnlyList<PluginEntry> others)
    {
        var plugin = new PluginEntry { Id = Path.GetFileName(folder.Path), Folder = folder.Path, Health = PluginHealth.Active };
        try
        {
            var manifest = PluginAdmission.Manifest(folder, host);
            plugin = plugin with { Id = manifest.Id, Version = manifest.Version, Description = manifest.Description };
            PluginAdmission.Admit(manifest, folder, host, disabled, others);

            var scan = new PluginScan(manifest.Id, Assembly(manifest, folder), services);
            plugin = plugin with { Components = scan.Components };
            scan.Check(others);
            return (plugin, scan.Services);
        }
        catch (PluginFault fault)
        {
            return (plugin with { Health = fault.Health, Reason = fault.Message, Remedy = fault.Remedy }, new ServiceCollection());
        }
        catch (Exception failure)
        {
            var reason = $"Loading it failed with {failure.GetType().Name}: {failure.Message}";
            return (plugin with { Health = PluginHealth.Malfunctioned, Reason = reason, Remedy = Rebuild }, new ServiceCollection());
        }
    }

    private static Assembly Assembly(PluginManifest manifest, PluginFolder folder)
    {
        var path = folder.Holding(manifest.Assembly);
        if (!File.Exists(path))
            throw new PluginFault(PluginHealth.Malfunctioned, $"{manifest.Assembly} is missing from {folder.Path}.", Rebuild);
        folder.Lock?.CheckAll(folder.Path);
        try
        {
            return new PluginLoadContext(path, folder.Lock).LoadPlugin();
        }
        catch (BadImageFormatException)
        {
            throw new PluginFault(PluginHealth.Malfunctioned, $"{manifest.Assembly} is not a .NET assembly: the file is damaged.", Rebuild);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new PluginFault(PluginHealth.Malfunctioned, $"{manifest.Assembly} cannot be loaded: {failure.Message}", Rebuild);
        }
    }
}
