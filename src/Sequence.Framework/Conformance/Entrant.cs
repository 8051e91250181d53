using Sequence.Framework.Plugins;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>A component with options, to be verified.</summary>
/// <param name="Kind">Its kind in a word: mixer, cache-policy.</param>
/// <param name="Name">Its name.</param>
/// <param name="Plugin">The plugin that brings it, or a part of it that it is to be tried with.</param>
/// <param name="Variant">Its options, as JSON.</param>
public abstract record Entrant(string Kind, string Name, string Plugin, string Variant)
{
    /// <summary>Every component of a host that there are laws of, in every variant. Options that do not bind are a finding of the laws, not a failure here.</summary>
    /// <exception cref="Configuration.ConfigurationException">A plugin's variants are malformed.</exception>
    public static IReadOnlyList<Entrant> Of(SequenceHost host) => [.. MixerEntrant.Of(host), .. PolicyEntrant.Of(host)];

    /// <summary>Tries it, where the law is one of its kind and says anything about it, and the element type has a meaning there.</summary>
    internal abstract void Try(ILaw law, Device device, long seed, ScalarType elementType, Findings findings);
}
