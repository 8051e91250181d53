using Sequence.Components;
using Sequence.Framework.Plugins;
using Sequence.Mixers;

namespace Sequence.Framework.Conformance;

/// <summary>A mixer with options, to be verified.</summary>
/// <param name="Mixer">Its name.</param>
/// <param name="Plugin">The plugin that brings it, or a part of it that it is to be tried with.</param>
/// <param name="Variant">Its options, as JSON.</param>
/// <param name="Create">Makes it.</param>
public sealed record Entrant(string Mixer, string Plugin, string Variant, Func<ComponentContext, SequenceMixer> Create)
{
    /// <summary>A width that these options are known to go with; null where none is.</summary>
    public int? Width { get; init; }

    /// <summary>Every mixer of a host in every variant. Options that do not bind are a finding of the laws, not a failure here.</summary>
    /// <exception cref="Configuration.ConfigurationException">A plugin's variants are malformed.</exception>
    public static IReadOnlyList<Entrant> Of(SequenceHost host) => [.. VariantFile.Of<SequenceMixer>(host).Select(variant => Of(host, variant))];

    private static Entrant Of(SequenceHost host, Variant variant)
    {
        var text = variant.Text;
        var bound = new Lazy<Component<SequenceMixer>>(() => variant.Bind<SequenceMixer>(host));
        return new(variant.Component.Name, variant.PluginId, text, context => bound.Value.Create(context));
    }
}
