namespace Sequence.Framework.Plugins;

/// <summary>Whether a plugin's components can be used.</summary>
public enum PluginHealth
{
    /// <summary>They can.</summary>
    Active,

    /// <summary>Somebody switched the plugin off.</summary>
    Disabled,

    /// <summary>The plugin was built for another contract or another tensor provider than this host has.</summary>
    Incompatible,

    /// <summary>Something is wrong with the plugin itself.</summary>
    Malfunctioned,
}
