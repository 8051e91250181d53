namespace Sequence.Kernels.Registry;

/// <summary>How a piece of work was computed.</summary>
/// <param name="Kernel">Which kernel; null for what has none, such as a scan under a schedule of its own.</param>
/// <param name="Form">In words: "fused selective scan on the CPU, 256 bits".</param>
/// <param name="WhyNotFused">Why no fused form ran; null where one did, or where there is nothing to fuse.</param>
public sealed record FormUsed(string? Kernel, string Form, string? WhyNotFused = null)
{
    /// <summary>Whether it was a fused form of a kernel.</summary>
    public bool IsFused => Kernel is not null && WhyNotFused is null;

    /// <summary>For a line of a log.</summary>
    public override string ToString() => WhyNotFused is null ? Form : $"{Form} ({WhyNotFused})";
}
