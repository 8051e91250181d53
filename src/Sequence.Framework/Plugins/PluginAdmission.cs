using Sequence.Framework.Configuration;

namespace Sequence.Framework.Plugins;

/// <summary>What can be said of a plugin before any of its code runs: its manifest, its versions, whether it is switched off.</summary>
internal static class PluginAdmission
{
    private const string SwitchOff = "disabled";

    /// <summary>The manifest in a folder that is not switched off. The contract version is looked at first: a later contract may have a later form of manifest.</summary>
    public static PluginManifest Manifest(PluginFolder folder, HostIdentity host)
    {
        if (!folder.IsReadable)
        {
            throw new PluginFault(
                PluginHealth.Malfunctioned, $"{folder.Path} cannot be read.", "Let the user of this process read the folder, or delete it.");
        }

        if (File.Exists(folder.Holding(SwitchOff)))
            throw new PluginFault(PluginHealth.Disabled, $"There is a file {folder.Holding(SwitchOff)}.", "Delete that file.");

        var file = folder.Holding(PluginManifest.FileName);
        if (!File.Exists(file))
        {
            throw new PluginFault(
                PluginHealth.Malfunctioned, $"{file} is missing.", "Build the plugin again, which writes the file, or delete the folder.");
        }

        try
        {
            var json = ConfigNode.Read(file);
            if (json["contractVersion"]?.Text is { } contract)
                CheckContract(contract, host);
            return new StrictBinder(ComponentCatalog.Empty).Bind<PluginManifest>(json);
        }
        catch (ConfigurationException malformed)
        {
            throw new PluginFault(
                PluginHealth.Malfunctioned, string.Join(" ", malformed.Problems), "Build the plugin again, which writes the file.");
        }
    }

    /// <summary>Stops what is switched off, built for another host, or here already.</summary>
    public static void Admit(
        PluginManifest manifest, PluginFolder folder, HostIdentity host, IReadOnlyCollection<string> disabled, IReadOnlyList<PluginEntry> others)
    {
        if (!manifest.Enabled)
            throw new PluginFault(PluginHealth.Disabled, "plugin.json says \"enabled\": false.", "Set it to true.");
        if (disabled.Contains(manifest.Id))
            throw new PluginFault(PluginHealth.Disabled, "SEQUENCE_DISABLED_PLUGINS names it.", "Take it out of that environment variable.");

        if (manifest.TorchProvider is { } provider && !host.Provider.Serves(provider))
        {
            throw new PluginFault(
                PluginHealth.Incompatible,
                $"It was built against the tensor provider {provider}; this host runs on {host.Provider}.",
                $"Build it for this host: dotnet build {manifest.Id}.csproj -p:TorchProvider={host.Provider.Name}");
        }

        if (others.FirstOrDefault(other => other.Id == manifest.Id && other.Health == PluginHealth.Active) is { } first)
        {
            throw new PluginFault(
                PluginHealth.Malfunctioned,
                $"The id {manifest.Id} is taken by the plugin in {first.Folder}.",
                $"Remove one of the two, or give this one an id of its own (the property PluginId of its project): {folder.Path}");
        }
    }

    private static void CheckContract(string written, HostIdentity host)
    {
        if (!Version.TryParse(written, out var contract))
        {
            throw new PluginFault(
                PluginHealth.Malfunctioned, $"plugin.json: \"{written}\" is no contract version: expected major.minor.", "Build the plugin again, which writes the file.");
        }

        if (contract.Major == host.Contract.Major && contract.Minor <= host.Contract.Minor)
            return;
        throw new PluginFault(
            PluginHealth.Incompatible,
            $"It was built against contract {contract.ToString(2)}; this host offers {host.Contract.ToString(2)}.",
            contract > host.Contract ? "Update Sequence.Framework, or install an older version of the plugin." : "Build the plugin against this version of Sequence.Abstractions.");
    }
}
