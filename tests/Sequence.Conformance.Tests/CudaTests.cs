using Sequence.Framework.Conformance;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>The laws on a GPU: what <c>sequence verify --device cuda</c> grades, one test a mixer or a policy and law.</summary>
[Trait("Device", "cuda")]
public sealed class CudaTests
{
    public static TheoryData<string, string> MixerCases => EmulatedGpu.Missing is null ? First(Installed.Mixers, Laws.OfMixers) : MixerTests.Cases;

    public static TheoryData<string, string> PolicyCases => EmulatedGpu.Missing is null ? First(Installed.Policies, Laws.OfPolicies) : PolicyTests.Cases;

    [CudaTheory]
    [MemberData(nameof(MixerCases))]
    public void Every_mixer_keeps_every_law(string variant, string law) =>
        Holds(law, Installed.Mixers.First(entrant => entrant.Variant == variant), variant);

    [CudaTheory]
    [MemberData(nameof(PolicyCases))]
    public void Every_policy_keeps_every_law(string variant, string law) =>
        Holds(law, Installed.Policies.First(entrant => entrant.Variant == variant), variant);

    // one that is emulated is slow
    private static TheoryData<string, string> First(IEnumerable<Entrant> entrants, IEnumerable<ILaw> laws)
    {
        var cases = new TheoryData<string, string>();
        foreach (var entrant in entrants.DistinctBy(entrant => entrant.Name))
        {
            foreach (var law in laws)
                cases.Add(entrant.Variant, law.Name);
        }

        return cases;
    }

    private static void Holds(string law, Entrant entrant, string variant)
    {
        var findings = Verification.Judge(Laws.Named(law), entrant, CUDA);

        Assert.True(findings.Passed, $"{variant} breaks {law}: {findings.Message} (worst {findings.Worst:g3}, tolerance {findings.Tolerance:g3})");
    }
}
