using TorchSharp;

namespace Sequence.Scans;

/// <summary>
/// A layer that is written as a scan, for the host to run as a mixer: <see cref="AffineLayer{TTransition, TState}"/> or
/// <see cref="PrefixLayer{TState}"/>. A plugin's factory makes a <see cref="ScanLayer"/>; JSON names it as any other mixer. The layer says what a
/// token means; the host, how many are computed: folded, in a tree, in chunks, or one at a time with a state.
/// </summary>
public abstract class ScanLayer : torch.nn.Module
{
    private protected ScanLayer(string name) : base(name)
    {
    }

    /// <summary>Hands itself to <paramref name="visitor"/> with its types.</summary>
    public abstract TResult Accept<TResult>(IScanLayerVisitor<TResult> visitor);
}
