using Sequence.Framework.Configuration;
using Sequence.Framework.Conformance.MixerLaws;
using Sequence.Framework.Conformance.PolicyLaws;

namespace Sequence.Framework.Conformance;

/// <summary>The laws of sequence mixers and of cache policies.</summary>
public static class Laws
{
    /// <summary>The laws of mixers, in the order they are shown in.</summary>
    public static IReadOnlyList<IMixerLaw> OfMixers { get; } =
    [
        new ForwardEqualsAdvance(),
        new StepInPlace(),
        new Lengths(),
        new Causality(),
        new BatchIndependence(),
        new RaggedRows(),
        new SegmentReset(),
        new Parameters(),
        new Gradient(),
        new Determinism(),
        new Threads(),
        new ExtremeInputs(),
        new ExecutionFormsAgree(),
        new AggregatorIdentity(),
        new AggregatorAlgebra(),
        new StateBytes(),
        new Fork(),
        new Gather(),
        new SaveAndLoadOfState(),
        new Scopes(),
        new NoLeak(),
    ];

    /// <summary>The laws of cache policies, in the order they are shown in.</summary>
    public static IReadOnlyList<IPolicyLaw> OfPolicies { get; } =
    [
        new WithinBudget(),
        new PastOnly(),
        new LosslessWithRoom(),
        new AnySplit(),
        new StreamingEqualsMasked(),
        new HeldBytes(),
        new CacheFork(),
        new CacheGather(),
        new CacheSaveAndLoad(),
        new CacheDeterminism(),
        new CacheBatchIndependence(),
        new CacheRaggedRows(),
    ];

    /// <summary>Every law.</summary>
    public static IReadOnlyList<ILaw> All { get; } = [.. OfMixers, .. OfPolicies];

    /// <summary>The law of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message says which there are.</exception>
    public static ILaw Named(string name) => All.FirstOrDefault(law => law.Name == name)
        ?? throw new ArgumentException($"unknown law \"{name}\"{NearMatches.Ending(name, All.Select(law => law.Name))} There are: {string.Join(", ", All.Select(law => law.Name))}.");
}
