using System.ComponentModel.DataAnnotations;

namespace Sequence.Framework.Plugins;

/// <summary>What the build writes beside a plugin as <c>plugin.json</c>.</summary>
internal sealed record PluginManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "plugin.json";

    /// <summary>Unique in a host.</summary>
    [MinLength(1)]
    public required string Id { get; init; }

    /// <summary>The plugin's own version.</summary>
    public required string Version { get; init; }

    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Version of the contracts that it was built against, major.minor.</summary>
    public required string ContractVersion { get; init; }

    /// <summary>File name of the assembly.</summary>
    [RegularExpression(@"[^/\\]+\.dll", ErrorMessage = "expected the name of a .dll in the plugin's own folder.")]
    public required string Assembly { get; init; }

    /// <summary>What it was built against; null where it uses no tensors.</summary>
    public TorchProvider? TorchProvider { get; init; }

    /// <summary>Whether the host may load it.</summary>
    public bool Enabled { get; init; } = true;
}
