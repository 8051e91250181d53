using static TorchSharp.torch;

namespace Sequence.Mixers;

/// <summary>
/// Mixes information along time: what a block of a sequence model sees, whatever the architecture.
/// <para>
/// <see cref="Forward"/> and <see cref="Advance"/> compute the same causal function (the sequential-parallel duality): the first over a
/// whole sequence at once, for training and scoring; the second over the next few tokens, given the state that the tokens before them left.
/// Splitting a sequence anywhere and advancing through the pieces gives what one <see cref="Forward"/> gives.
/// </para>
/// <para>An abstract module rather than an interface, because only what is registered as a module or a parameter is trained, moved and saved.</para>
/// </summary>
/// <param name="name">Name of the module, shown in errors and health reports.</param>
public abstract class SequenceMixer(string name) : nn.Module(name)
{
    /// <summary>Mixes whole sequences: [B, T, D] -> [B, T, D]. Output t depends on inputs 0..t only.</summary>
    /// <param name="x">Inputs, [B, T, D].</param>
    /// <param name="context">Where documents begin and how many tokens of each row are real. Outputs at padded positions are unspecified but finite.</param>
    public abstract Tensor Forward(Tensor x, SequenceContext context);

    /// <summary>The state before the first token, for <paramref name="batch"/> rows, on the module's device.</summary>
    public abstract MixerState CreateState(int batch);

    /// <summary>
    /// Continues from <paramref name="state"/> by t >= 1 tokens a row (prefill, chunked prefill, one step): [B, t, D] -> [B, t, D].
    /// The state is updated in place; row r advances by <c>context.Lengths[r]</c> tokens, or by t where no lengths are given.
    /// </summary>
    public abstract Tensor Advance(Tensor x, SequenceContext context, MixerState state);

    /// <summary>What one row of the state costs in bytes, as a function of the tokens seen.</summary>
    public abstract StateCost Cost { get; }
}
