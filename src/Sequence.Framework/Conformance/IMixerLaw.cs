namespace Sequence.Framework.Conformance;

/// <summary>What every mixer keeps.</summary>
public interface IMixerLaw : ILaw
{
    /// <summary>Whether the law says anything about such a mixer.</summary>
    bool AppliesTo(Candidate candidate) => true;

    /// <summary>Tries a mixer. What it throws is a failure too.</summary>
    void Judge(Candidate candidate, Findings findings);
}
