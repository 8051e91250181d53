using static TorchSharp.torch;

namespace Sequence.Caching;

/// <summary>
/// How a session holds what recurrences and prefix scans remember, between its calls; which entries of tokens it keeps is for a <see cref="CachePolicy"/> to say.
/// Options and no state.
/// </summary>
public abstract class StatePolicy
{
    /// <summary>What floating-point numbers of a state are held in; null for the element type that the layer computes in.</summary>
    public virtual ScalarType? Storage => null;

    /// <summary>
    /// R, the most roots of a prefix scan that are held; null for all. With R roots the last 2^(R - 1) to 2^R - 1 whole chunks are remembered: where a root
    /// of 2^R chunks would be made, its later half stays and its earlier half is forgotten.
    /// </summary>
    public virtual int? Roots => null;
}
