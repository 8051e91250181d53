using Sequence.Benchmarks.Measuring;
using Sequence.Framework.Plugins;

namespace Sequence.Benchmarks.Questions;

/// <summary>
/// One token after the other through a whole model: batch 1, from a token to logits over 256 tokens, with four layers x = x + mixer(RMSNorm(x)) of width 256
/// between an embedding and the tied head behind an RMSNorm. T is the position that is decoded at.
/// </summary>
/// <param name="host">Where mixers come from.</param>
/// <param name="setting">Where it is asked, and at which sizes.</param>
/// <param name="mixer">Its name.</param>
public sealed class DecodeQuestion(SequenceHost host, Setting setting, string mixer) : Question(setting)
{
    /// <inheritdoc/>
    public override string Name => $"decode/{mixer}";

    /// <inheritdoc/>
    public override string Script => "decode.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Arguments => [mixer];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => ["eager"];

    /// <inheritdoc/>
    public override IReadOnlyList<long> Lengths => Setting.IsGpu ? [1_024, 65_536] : [1_024, 16_384, 65_536];

    /// <inheritdoc/>
    public override IReadOnlyList<long> QuickLengths => [1_024, 65_536];

    /// <inheritdoc/>
    public override IReadOnlyList<Pass> Passes => [Pass.Step];

    /// <summary>At every position: the peer's state is constant too.</summary>
    public override bool AsksPeer(long T, Pass pass) => true;

    /// <summary>The peer begins with an empty state.</summary>
    public override bool ChecksEnd => true;

    /// <inheritdoc/>
    public override long TokensOf(long T) => 1;

    /// <inheritdoc/>
    public override ICase Create(long T) => new DecodeCase(host, Setting, mixer, T);
}
