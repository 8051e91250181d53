using Sequence.Framework.Conformance;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>Every mixer of every plugin, in every variant, against every law.</summary>
public sealed class MixerTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var entrant in Installed.Mixers)
            {
                foreach (var law in Laws.OfMixers)
                    cases.Add(entrant.Variant, law.Name);
            }

            return cases;
        }
    }

    [Fact]
    public void There_are_mixers() => Assert.NotEmpty(Installed.Mixers);

    [Fact]
    public void Laws_have_names_of_their_own_and_say_what_they_are()
    {
        Assert.Equal(Laws.All.Count, Laws.All.Select(law => law.Name).Distinct().Count());
        Assert.All(Laws.All, law => Assert.Matches("^[a-z]+(-[a-z]+)*$", law.Name));
        Assert.All(Laws.All, law => Assert.EndsWith(".", law.Description));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_mixer_keeps_every_law(string variant, string law)
    {
        var findings = Verification.Judge(Laws.Named(law), Installed.Mixers.First(entrant => entrant.Variant == variant), CPU);

        Assert.True(findings.Passed, $"{variant} breaks {law}: {findings.Message} (worst {findings.Worst:g3}, tolerance {findings.Tolerance:g3})");
    }
}
