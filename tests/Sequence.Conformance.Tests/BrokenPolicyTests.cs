using Sequence.Framework.Conformance;
using Sequence.Framework.Plugins;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>The laws of cache policies bite: each broken one is found by the law named for it, which says where; the sound ones keep every law.</summary>
public sealed class BrokenPolicyTests
{
    private static readonly SequenceHost Host = SequenceHost.Start(new HostOptions { PluginFolders = [Path.Combine(AppContext.BaseDirectory, "fixtures")] });
    private static readonly IReadOnlyList<PolicyEntrant> Policies = [.. PolicyEntrant.Of(Host).Where(entrant => entrant.Plugin == "Fixtures.Broken")];

    /// <summary>What is wrong, the law that finds it, and what it says of where.</summary>
    private static readonly (string Policy, string Law, string Where)[] Faults =
    [
        ("keeps-one-too-many", "within-budget", "a head holds 9 entries after"),
        ("looks-ahead", "past-only", "on changed: row"),
        ("refuses-some", "lossless-with-room", "all of which there is room for"),
        ("narrower-in-steps", "any-split", "against one by one"),
        ("mask-is-wider", "streaming-equals-masked", "against steps"),
        ("hoards-views", "held-bytes", "tensors live beside"),
        ("counts-its-calls", "cache-fork", "after 30 tokens"),
        ("remembers-by-row", "cache-gather", "as row"),
        ("remembers-aside", "cache-save-and-load", "saved after 40 tokens"),
        ("draws-anew", "cache-determinism", "tokens in pieces of"),
        ("rows-compete", "cache-batch-independence", "against the row alone"),
        ("counts-padding", "cache-ragged-rows", "against the row alone"),
    ];

    private static readonly string[] Sound = ["sound-recent", "sound-recent-by-call"];

    public static TheoryData<string, string, string> BrokenPolicies
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var (policy, law, where) in Faults)
                cases.Add(policy, law, where);
            return cases;
        }
    }

    public static TheoryData<string> SoundPolicies => [.. Sound];

    [Fact]
    public void Every_fixture_is_tried() =>
        Assert.Equal(Faults.Select(fault => fault.Policy).Concat(Sound).Order(), Policies.Select(policy => policy.Name).Order());

    [Fact]
    public void Every_law_catches_something() =>
        Assert.Equal(Laws.OfPolicies.Select(law => law.Name).Order(), Faults.Select(fault => fault.Law).Distinct().Order());

    [Fact]
    public void The_page_about_the_laws_says_what_they_say()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "laws.md"));

        Assert.All(Laws.OfPolicies, law => Assert.Contains(
            $"| `{law.Name}` | {law.Description} | {string.Join(", ", Faults.Where(fault => fault.Law == law.Name).Select(fault => fault.Policy))} |", page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BrokenPolicies))]
    public void A_broken_policy_breaks_the_law_named_for_it(string policy, string law, string where)
    {
        var findings = Judge(policy, Laws.Named(law));

        Assert.False(findings.Passed);
        Assert.True(findings.Worst > findings.Tolerance);
        Assert.Contains(where, findings.Message!, StringComparison.Ordinal);
        Assert.DoesNotContain("threw", findings.Message!, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SoundPolicies))]
    public void A_sound_policy_keeps_every_law(string policy)
    {
        Assert.All(Laws.OfPolicies, law =>
        {
            var findings = Judge(policy, law);
            Assert.True(findings.Passed, $"{law.Name}: {findings.Message}");
        });
    }

    private static Findings Judge(string policy, ILaw law) => Verification.Judge(law, Policies.Single(entrant => entrant.Name == policy), CPU);
}
