using Sequence.Framework.Conformance;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>How far two computations of the same layer may differ, in each element.</summary>
internal static class Tolerance
{
    public static void Same(Tensor expected, Tensor actual)
    {
        var findings = new Findings();
        findings.Same(expected, actual, () => "Values differ");
        Assert.True(findings.Passed, findings.Message);
    }

    public static void Exactly(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.Equals(actual), "Values differ; they should be the same bit for bit.");
    }
}
