using Sequence.Framework.Conformance;
using Sequence.Framework.Plugins;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>The laws in bfloat16: wide enough for rounding, and not so wide that a mixer passes whose fault is larger than that.</summary>
public sealed class BFloat16Tests
{
    private static readonly SequenceHost Host = SequenceHost.Start(new HostOptions { PluginFolders = [Path.Combine(AppContext.BaseDirectory, "fixtures")] });
    private static readonly IReadOnlyList<MixerEntrant> Fixtures = MixerEntrant.Of(Host);

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var entrant in Installed.Mixers.DistinctBy(entrant => entrant.Name))
            {
                foreach (var law in Laws.OfMixers)
                    cases.Add(entrant.Variant, law.Name);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_mixer_keeps_every_law(string variant, string law)
    {
        var findings = Verification.Judge(Laws.Named(law), Installed.Mixers.First(entrant => entrant.Variant == variant), CPU, elementType: ScalarType.BFloat16);

        Assert.True(findings.Passed, $"{variant} breaks {law}: {findings.Message} (worst {findings.Worst:g3}, tolerance {findings.Tolerance:g3})");
    }

    [Theory]
    [InlineData("forgets-a-carry", "forward-equals-advance")]
    [InlineData("wrong-shift", "forward-equals-advance")]
    [InlineData("mipt-drops-the-rate", "forward-equals-advance")]
    [InlineData("psm-swaps-the-arguments", "forward-equals-advance")]
    [InlineData("remembers-aside", "save-and-load-of-state")]
    [InlineData("mixes-rows", "batch-independence")]
    [InlineData("ignores-lengths", "ragged-rows")]
    [InlineData("does-not-reset", "segment-reset")]
    [InlineData("fork-shares-memory", "fork")]
    [InlineData("gathers-in-its-own-order", "gather")]
    [InlineData("state-grows", "state-bytes")]
    public void A_broken_mixer_breaks_its_law(string mixer, string law)
    {
        var findings = Verification.Judge(Laws.Named(law), Fixtures.Single(entrant => entrant.Name == mixer), CPU, elementType: ScalarType.BFloat16);

        Assert.False(findings.Passed);
        Assert.DoesNotContain("threw", findings.Message!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_law_about_float64_is_skipped_and_says_so()
    {
        var mixer = Installed.Mixers.First(entrant => entrant.Name == "mipt");
        var policy = Installed.Policies[0];

        foreach (var grade in Verification.Run([mixer, policy], [Laws.Named("aggregator-algebra"), Laws.Named("within-budget")], CPU, elementType: ScalarType.BFloat16))
        {
            Assert.True(grade.Skipped);
            Assert.True(grade.Passed);
            Assert.Contains("float64", grade.Remark, StringComparison.Ordinal);
        }
    }
}
