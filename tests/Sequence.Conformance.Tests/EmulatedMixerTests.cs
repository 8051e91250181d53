using Sequence.Framework.Conformance;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>The first variant of every mixer against every law with its kernels for a GPU, which the CPU runs as they are written.</summary>
public sealed class EmulatedMixerTests
{
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
    public void Every_mixer_keeps_every_law_with_kernels_for_a_gpu(string variant, string law)
    {
        using var gpu = CudaEmulator.Start();
        var findings = Verification.Judge(Laws.Named(law), Installed.Mixers.First(entrant => entrant.Variant == variant), CPU);

        Assert.True(findings.Passed, $"{variant} breaks {law}: {findings.Message} (worst {findings.Worst:g3}, tolerance {findings.Tolerance:g3})");
    }
}
