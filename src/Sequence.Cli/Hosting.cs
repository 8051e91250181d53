using System.CommandLine;
using Sequence.Framework.Plugins;

namespace Sequence.Cli;

/// <summary>Starts the host that a parsed command asks for.</summary>
internal static class Hosting
{
    public static SequenceHost Start(ParseResult parsed) => SequenceHost.Start(new HostOptions
    {
        PluginFolders = PluginFolders(parsed),
        Locked = parsed.GetValue(Flags.Locked),
    });

    /// <summary>Where plugins are looked for: the built-in folder, SEQUENCE_PLUGINS, <c>--plugins</c>.</summary>
    public static IReadOnlyList<string> PluginFolders(ParseResult parsed) => [.. HostOptions.DefaultPluginFolders, .. parsed.GetValue(Flags.Plugins)!];
}
