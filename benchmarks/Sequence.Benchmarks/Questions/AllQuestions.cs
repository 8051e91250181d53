using Sequence.Framework.Plugins;

namespace Sequence.Benchmarks.Questions;

/// <summary>Every question about kernels, in the order of the report.</summary>
public static class AllQuestions
{
    /// <summary>The questions.</summary>
    /// <param name="host">Where mixers come from.</param>
    public static IReadOnlyList<Question> Of(SequenceHost host) =>
    [
        new SelectiveScanQuestion(),
        new DiagonalScanQuestion(),
        new ComplexDiagonalScanQuestion(),
        .. from heads in new[] { 4L, 8L } from decay in Enum.GetValues<DecayWidth>() select new OuterProductScanQuestion(decay, heads),
        new DeltaRuleQuestion(4),
        new DeltaRuleQuestion(8),
        new ShortConvolutionQuestion(),
        new AttentionQuestion(),
        new CrossEntropyQuestion(),
        new AdamWQuestion(),
        new MixerQuestion(host, "mamba", "loop", "tree"),
        new MixerQuestion(host, "mipt", "loop", "tree"),
        new MixerQuestion(host, "gla", "chunked", "contiguous"),
        new DecodeQuestion(host, "mamba"),
        new DecodeQuestion(host, "mipt"),
        new DecodeQuestion(host, "gla"),
    ];
}
