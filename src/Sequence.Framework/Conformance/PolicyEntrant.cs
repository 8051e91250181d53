using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Plugins;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>A cache policy with options, to be verified.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Plugin">The plugin that brings it, or a part of it that it is to be tried with.</param>
/// <param name="Variant">Its options, as JSON.</param>
/// <param name="Create">Makes it.</param>
public sealed record PolicyEntrant(string Name, string Plugin, string Variant, Func<ComponentContext, CachePolicy> Create)
    : Entrant(ComponentKinds.NameOf(typeof(CachePolicy)), Name, Plugin, Variant)
{
    /// <summary>Every cache policy of a host in every variant.</summary>
    /// <exception cref="Configuration.ConfigurationException">A plugin's variants are malformed.</exception>
    public static new IReadOnlyList<PolicyEntrant> Of(SequenceHost host) => [.. VariantFile.Of<CachePolicy>(host).Select(variant => Of(host, variant))];

    /// <inheritdoc/>
    internal override void Try(ILaw law, Device device, long seed, ScalarType elementType, Findings findings)
    {
        if (law is not IPolicyLaw own)
            return;
        var candidate = new PolicyCandidate(Create, device, seed);
        if (!own.AppliesTo(candidate.Make()))
            return;
        if (law.WhySkipped(elementType) is { } reason)
            findings.Skip(reason);
        else
            own.Judge(candidate, findings);
    }

    private static PolicyEntrant Of(SequenceHost host, Variant variant)
    {
        var bound = new Lazy<Component<CachePolicy>>(() => variant.Bind<CachePolicy>(host));
        return new(variant.Component.Name, variant.PluginId, variant.Text, context => bound.Value.Create(context));
    }
}
