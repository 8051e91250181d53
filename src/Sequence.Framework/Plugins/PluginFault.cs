namespace Sequence.Framework.Plugins;

/// <summary>Ends the loading of one plugin, and of no other.</summary>
/// <param name="health">What becomes of the plugin.</param>
/// <param name="reason">Why.</param>
/// <param name="remedy">What would mend it.</param>
internal sealed class PluginFault(PluginHealth health, string reason, string remedy) : Exception(reason)
{
    /// <summary>What becomes of the plugin.</summary>
    public PluginHealth Health { get; } = health;

    /// <summary>What would mend it.</summary>
    public string Remedy { get; } = remedy;
}
