namespace Sequence.Framework.Plugins;

/// <summary>What a host is started with.</summary>
public sealed record HostOptions
{
    /// <summary>
    /// The folders that plugins are looked for in, first to last: <c>plugins</c> beside the program, then those in the environment variable
    /// <c>SEQUENCE_PLUGINS</c>. The command line appends its own.
    /// </summary>
    public static IReadOnlyList<string> DefaultPluginFolders => [Own, .. Variable("SEQUENCE_PLUGINS", Path.PathSeparator)];

    /// <summary>Folders of plugins, each with a folder a plugin; or the folder of a single plugin.</summary>
    public IReadOnlyList<string> PluginFolders { get; init; } = DefaultPluginFolders;

    /// <summary>Ids of plugins not to load; those in the environment variable <c>SEQUENCE_DISABLED_PLUGINS</c>, separated by commas.</summary>
    public IReadOnlyList<string> DisabledPlugins { get; init; } = Variable("SEQUENCE_DISABLED_PLUGINS", ',');

    /// <summary>Whether only assemblies and native libraries that stand in <c>plugins.lock.json</c> are loaded.</summary>
    public bool Locked { get; init; }

    /// <summary>The folder beside the program: the only one that need not exist.</summary>
    internal static string Own { get; } = Path.Combine(AppContext.BaseDirectory, "plugins");

    private static string[] Variable(string name, char separator) =>
        (Environment.GetEnvironmentVariable(name) ?? "").Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
