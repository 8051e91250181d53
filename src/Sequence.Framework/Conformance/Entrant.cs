using Sequence.Components;
using Sequence.Framework.Plugins;
using Sequence.Mixers;

namespace Sequence.Framework.Conformance;

/// <summary>A mixer with options, to be verified.</summary>
/// <param name="Mixer">Its name.</param>
/// <param name="Plugin">The plugin that brings it.</param>
/// <param name="Variant">Its options, as JSON.</param>
/// <param name="Create">Makes it.</param>
public sealed record Entrant(string Mixer, string Plugin, string Variant, Func<ComponentContext, SequenceMixer> Create)
{
    /// <summary>A width that these options are known to go with; null where none is.</summary>
    public int? Width { get; init; }

    /// <summary>Every mixer of a host in every variant.</summary>
    /// <exception cref="Configuration.ConfigurationException">A plugin's variants are wrong.</exception>
    public static IReadOnlyList<Entrant> Of(SequenceHost host) =>
        [.. VariantFile.Of<SequenceMixer>(host).Select(variant => new Entrant(variant.Component.Name, variant.Component.PluginId, variant.Text, variant.Bind<SequenceMixer>(host).Create))];
}
