using Sequence.Caching;

namespace Sequence.Framework.Conformance;

/// <summary>What every cache policy keeps, on any layer.</summary>
public interface IPolicyLaw : ILaw
{
    /// <summary>Whether the law says anything about such a policy.</summary>
    bool AppliesTo(CachePolicy policy) => true;

    /// <summary>Tries a policy. What it throws is a failure too.</summary>
    void Judge(PolicyCandidate candidate, Findings findings);
}
