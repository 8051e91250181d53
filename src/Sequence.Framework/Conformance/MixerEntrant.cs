using Sequence.Components;
using Sequence.Framework.Plugins;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>A mixer with options, to be verified.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Plugin">The plugin that brings it, or a part of it that it is to be tried with.</param>
/// <param name="Variant">Its options, as JSON.</param>
/// <param name="Create">Makes it.</param>
public sealed record MixerEntrant(string Name, string Plugin, string Variant, Func<ComponentContext, SequenceMixer> Create)
    : Entrant(ComponentKinds.NameOf(typeof(SequenceMixer)), Name, Plugin, Variant)
{
    /// <summary>A width that these options are known to go with; null where none is.</summary>
    public int? Width { get; init; }

    /// <summary>Every mixer of a host in every variant.</summary>
    /// <exception cref="Configuration.ConfigurationException">A plugin's variants are malformed.</exception>
    public static new IReadOnlyList<MixerEntrant> Of(SequenceHost host) => [.. VariantFile.Of<SequenceMixer>(host).Select(variant => Of(host, variant))];

    /// <inheritdoc/>
    internal override void Try(ILaw law, Device device, long seed, ScalarType elementType, Findings findings)
    {
        if (law is not IMixerLaw own)
            return;
        var candidate = new Candidate(Create, device, seed, Width, elementType);
        if (!own.AppliesTo(candidate))
            return;
        if (law.WhySkipped(elementType) is { } reason)
            findings.Skip(reason);
        else
            own.Judge(candidate, findings);
    }

    private static MixerEntrant Of(SequenceHost host, Variant variant)
    {
        var bound = new Lazy<Component<SequenceMixer>>(() => variant.Bind<SequenceMixer>(host));
        return new(variant.Component.Name, variant.PluginId, variant.Text, context => bound.Value.Create(context));
    }
}
