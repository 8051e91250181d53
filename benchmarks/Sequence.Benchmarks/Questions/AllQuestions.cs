using Sequence.Framework.Plugins;

namespace Sequence.Benchmarks.Questions;

/// <summary>Every question about kernels, in the order of the report.</summary>
public static class AllQuestions
{
    /// <summary>The questions.</summary>
    /// <param name="host">Where mixers come from.</param>
    /// <param name="setting">Where they are asked, and at which sizes.</param>
    public static IReadOnlyList<Question> Of(SequenceHost host, Setting setting) =>
    [
        new SelectiveScanQuestion(setting),
        new DiagonalScanQuestion(setting),
        new ComplexDiagonalScanQuestion(setting),
        .. from heads in setting.Heads from decay in Enum.GetValues<DecayWidth>() select new OuterProductScanQuestion(setting, decay, heads),
        .. from heads in setting.Heads select new DeltaRuleQuestion(setting, heads),
        new ShortConvolutionQuestion(setting),
        new AttentionQuestion(setting),
        new CrossEntropyQuestion(setting),
        new AdamWQuestion(setting),
        new MixerQuestion(host, setting, "mamba", "loop", "tree"),
        new MixerQuestion(host, setting, "mipt", "loop", "tree"),
        new MixerQuestion(host, setting, "gla", "chunked", "contiguous"),
        new DecodeQuestion(host, setting, "mamba"),
        new DecodeQuestion(host, setting, "mipt"),
        new DecodeQuestion(host, setting, "gla"),
    ];
}
