using Sequence.Kernels.Registry;

namespace Sequence.Framework.Models;

/// <summary>How a part of a run was computed.</summary>
/// <param name="Part">The name of a mixer, or what else has kernels: the loss, the optimizer.</param>
/// <param name="Kernel">Which kernel; null for what has none, such as a scan under a schedule of its own.</param>
/// <param name="Form">In words, with the width of the lanes where they are ours.</param>
/// <param name="WhyNotFused">Why no fused form ran; null where one did, or where there is nothing to fuse.</param>
public sealed record PartForm(string Part, string? Kernel, string Form, string? WhyNotFused)
{
    internal PartForm(string part, FormUsed used) : this(part, used.Kernel, used.Form, used.WhyNotFused)
    {
    }

    /// <summary>For a line of a log: "mamba: fused selective scan on the CPU, 256 bits".</summary>
    public override string ToString() => $"{Part}: {new FormUsed(Kernel, Form, WhyNotFused)}";
}
