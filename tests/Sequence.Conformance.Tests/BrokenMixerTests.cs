using Sequence.Framework.Conformance;
using Sequence.Framework.Plugins;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>The laws bite: each mixer of <c>Fixtures.Broken</c> is broken in one way, which the law named for it finds; the sound ones keep every law.</summary>
public sealed class BrokenMixerTests
{
    private static readonly SequenceHost Host = SequenceHost.Start(new HostOptions { PluginFolders = [Path.Combine(AppContext.BaseDirectory, "fixtures")] });
    private static readonly IReadOnlyList<MixerEntrant> Mixers = MixerEntrant.Of(Host);

    /// <summary>What is wrong, and the law that finds it.</summary>
    private static readonly (string Mixer, string Law)[] Faults =
    [
        ("peeks-at-the-future", "causality"),
        ("peeks-behind-a-norm", "causality"),
        ("peeks-behind-an-fft", "causality"),
        ("hides-an-fft", "causality"),
        ("forgets-a-carry", "forward-equals-advance"),
        ("wrong-shift", "forward-equals-advance"),
        ("mipt-shifts-by-one", "forward-equals-advance"),
        ("mipt-drops-the-rate", "forward-equals-advance"),
        ("psm-loses-the-identity-mask", "forward-equals-advance"),
        ("psm-swaps-the-arguments", "forward-equals-advance"),
        ("psm-aggregates-the-identity", "forward-equals-advance"),
        ("step-forgets", "step-in-place"),
        ("closed-form-differs", "execution-forms-agree"),
        ("identity-forgets", "aggregator-identity"),
        ("lies-about-associativity", "aggregator-algebra"),
        ("lies-about-commutativity", "aggregator-algebra"),
        ("mixes-nodes", "aggregator-algebra"),
        ("drops-the-last-chunk", "lengths"),
        ("mixes-rows", "batch-independence"),
        ("ignores-lengths", "ragged-rows"),
        ("ignores-lengths-of-packs", "ragged-rows"),
        ("does-not-reset", "segment-reset"),
        ("unregistered-parameter", "parameters"),
        ("unregistered-tensor", "parameters"),
        ("untrained-parameter", "parameters"),
        ("wrong-gradient", "gradient"),
        ("nondeterministic", "determinism"),
        ("forgets-the-last-rows", "threads"),
        ("not-a-number-on-large-inputs", "extreme-inputs"),
        ("state-grows", "state-bytes"),
        ("says-logarithmic", "state-bytes"),
        ("grows-unseen", "no-leak"),
        ("leaks-a-tensor", "no-leak"),
        ("fork-shares-memory", "fork"),
        ("forgets-faintly", "fork"),
        ("gathers-in-its-own-order", "gather"),
        ("remembers-aside", "save-and-load-of-state"),
        ("state-dies-with-its-scope", "scopes"),
    ];

    private static readonly string[] Sound = ["sound", "sound-fading", "sound-fft", "sound-rotation", "sound-static-tree", "sound-tree"];

    public static TheoryData<string, string> BrokenMixers
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (mixer, law) in Faults)
                cases.Add(mixer, law);
            return cases;
        }
    }

    public static TheoryData<string> SoundMixers => [.. Sound];

    [Fact]
    public void Every_fixture_is_tried() =>
        Assert.Equal(Faults.Select(fault => fault.Mixer).Concat(Sound).Order(), Mixers.Select(mixer => mixer.Name).Order());

    [Fact]
    public void Every_law_catches_something() =>
        Assert.Equal(Laws.OfMixers.Select(law => law.Name).Order(), Faults.Select(fault => fault.Law).Distinct().Order());

    [Fact]
    public void The_page_about_the_laws_says_what_they_say()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "laws.md"));

        Assert.All(Laws.OfMixers, law => Assert.Contains(
            $"| `{law.Name}` | {law.Description} | {string.Join(", ", Faults.Where(fault => fault.Law == law.Name).Select(fault => fault.Mixer))} |", page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BrokenMixers))]
    public void A_broken_mixer_breaks_the_law_named_for_it(string mixer, string law)
    {
        var findings = Judge(mixer, Laws.Named(law));

        Assert.False(findings.Passed);
        Assert.True(findings.Worst > findings.Tolerance);
        Assert.NotEmpty(findings.Message!);
        Assert.DoesNotContain("threw", law == "scopes" ? "" : findings.Message!, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SoundMixers))]
    public void A_sound_mixer_keeps_every_law(string mixer)
    {
        Assert.All(Laws.OfMixers, law =>
        {
            var findings = Judge(mixer, law);
            Assert.True(findings.Passed, $"{law.Name}: {findings.Message}");
        });
    }

    private static Findings Judge(string mixer, ILaw law) => Verification.Judge(law, Mixers.Single(entrant => entrant.Name == mixer), CPU);
}
