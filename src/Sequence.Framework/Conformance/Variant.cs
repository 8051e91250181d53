using System.Text.Encodings.Web;
using System.Text.Json;
using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Conformance;

/// <summary>A component with options to try it with.</summary>
/// <param name="Component">The component.</param>
/// <param name="PluginId">The plugin that wants it tried so: the component's own, or one that brings a part of it.</param>
/// <param name="Node">The JSON that names it and gives its options, as a configuration would.</param>
public sealed record Variant(ComponentEntry Component, string PluginId, ConfigNode Node)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON in one line.</summary>
    public string Text => Node.ToJson().ToJsonString(Plain);

    /// <summary>The options, bound and checked.</summary>
    /// <exception cref="ConfigurationException">They are not the component's.</exception>
    public Component<T> Bind<T>(SequenceHost host)
        where T : class
        => host.Components.Bind<T>(Node);
}
