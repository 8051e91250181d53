using Sequence.Framework.Conformance;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>Every cache policy of every plugin, in every variant, against every law.</summary>
public sealed class PolicyTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var entrant in Installed.Policies)
            {
                foreach (var law in Laws.OfPolicies)
                    cases.Add(entrant.Variant, law.Name);
            }

            return cases;
        }
    }

    [Fact]
    public void There_are_policies() => Assert.NotEmpty(Installed.Policies);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_policy_keeps_every_law(string variant, string law)
    {
        var findings = Verification.Judge(Laws.Named(law), Installed.Policies.First(entrant => entrant.Variant == variant), CPU);

        Assert.True(findings.Passed, $"{variant} breaks {law}: {findings.Message} (worst {findings.Worst:g3}, tolerance {findings.Tolerance:g3})");
    }
}
