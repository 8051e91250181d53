namespace Sequence.Scans;

/// <summary>States of an affine recurrence, which can be added.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IAffineState<TSelf> : IScanState<TSelf>
    where TSelf : IAffineState<TSelf>
{
    /// <summary>Zero, as many nodes as this has.</summary>
    TSelf Zero();

    /// <summary>This + <paramref name="other"/>, node by node.</summary>
    TSelf Plus(TSelf other);
}
