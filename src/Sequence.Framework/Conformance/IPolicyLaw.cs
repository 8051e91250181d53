using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>What every cache policy keeps, on any layer.</summary>
public interface IPolicyLaw : ILaw
{
    /// <inheritdoc/>
    string? ILaw.WhySkipped(ScalarType elementType) =>
        elementType == ScalarType.Float32 ? null : "which entries a policy keeps is tried on a layer in float64";

    /// <summary>Whether the law says anything about such a policy.</summary>
    bool AppliesTo(CachePolicy policy) => true;

    /// <summary>Tries a policy. What it throws is a failure too.</summary>
    void Judge(PolicyCandidate candidate, Findings findings);
}
