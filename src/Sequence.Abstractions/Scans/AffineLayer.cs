using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>
/// A layer that is an affine recurrence, s_t = E_t |> s_(t-1) + f_t (arXiv 2506.10918, section 3): linear attention, GLA, mLSTM, Mamba, MIPT and their kin.
/// The pairs (E, f) have an associative product, (E_2, f_2) (E_1, f_1) = (E_2 o E_1, E_2 |> f_1 + f_2), so the host may fold them, scan them in a tree or in chunks.
/// </summary>
/// <typeparam name="TTransition">E.</typeparam>
/// <typeparam name="TState">s and f.</typeparam>
/// <param name="name">Name of the module.</param>
public abstract class AffineLayer<TTransition, TState>(string name) : ScanLayer(name)
    where TTransition : ITransition<TTransition, TState>
    where TState : IAffineState<TState>
{
    /// <summary>Zero, the state before the first token of every document, [B, 1, ...], on the module's device.</summary>
    public abstract TState Start(int batch);

    /// <summary>The windows of the short convolutions before the first token, zeros [B, w - 1, C] each; none by default.</summary>
    public virtual IReadOnlyList<Tensor> CreateWindows(int batch) => [];

    /// <summary>What the tokens x [B, T, D] do.</summary>
    /// <param name="x">Inputs, [B, T, D].</param>
    /// <param name="context">Where documents begin (E_t = 0 there) and how many tokens of each row are real (E = 1 and f = 0 beyond).</param>
    /// <param name="recent">The inputs that short convolutions still see.</param>
    public abstract IAffineSteps<TTransition, TState> Steps(Tensor x, SequenceContext context, RecentInputs recent);

    /// <inheritdoc/>
    public sealed override TResult Accept<TResult>(IScanLayerVisitor<TResult> visitor) => visitor.Affine(this);
}
