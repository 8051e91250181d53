using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Normalization;

/// <summary>
/// A norm of each head and a gate on what comes out of it, or goes into it, as recurrences of outer products end in:
/// <code>
/// n(u) = u / sqrt(mean(u^2) + eps)        or, centred, (u - mean(u)) / sqrt(var(u) + eps)
/// y    = w n(x) gate(z)        or        w n(x gate(z))
/// x, z: [B, T, H, V], over V        w: [H V]        y: [B, T, H V], in the element type of w
/// </code>
/// Squares are of u beside its largest value: they do not overflow where u does not.
/// </summary>
public static class GatedNorm
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "gated-norm",
        "norm and gate in tensor operations",
        new KernelForm("fused gated norm", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64),
        new KernelForm("fused gated norm", DeviceType.CUDA, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16) { Programs = [CudaGatedNorm.Programs[0]] });

    /// <summary>The form that is preferred and takes the tensors: fused on the CPU and on a GPU, else tensor operations.</summary>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static Tensor Run(Tensor x, Tensor z, Tensor weight, NormGate gate, bool centred, double epsilon) =>
        Kernel.Fuses(x, FusedGatedNorm.Refusal(x, z, weight)) ? FusedGatedNorm.Run(x, z, weight, gate, centred, epsilon) : Plain(x, z, weight, gate, centred, epsilon);

    /// <summary>The meaning, in tensor operations on any device.</summary>
    public static Tensor Plain(Tensor x, Tensor z, Tensor weight, NormGate gate, bool centred, double epsilon)
    {
        z = Held(x, z, weight);
        var u = gate == NormGate.SiluBefore ? x * nn.functional.silu(z) : x;
        if (centred)
            u = u - u.mean([-1], keepdim: true);

        // the result does not depend on the scale, so no gradient passes through it
        var scale = u.detach().abs().amax([-1], keepdim: true).clamp_min(1);
        var small = u / scale;
        var n = (small * (small.square().mean([-1], keepdim: true) + epsilon / scale.square()).rsqrt()).flatten(-2, -1).to(weight.dtype) * weight;
        return gate switch
        {
            NormGate.SiluAfter => nn.functional.silu(z.flatten(-2, -1)) * n,
            NormGate.SigmoidAfter => z.flatten(-2, -1).sigmoid() * n,
            _ => n,
        };
    }

    /// <summary>z held against x, spread over heads that share a gate.</summary>
    internal static Tensor Held(Tensor x, Tensor z, Tensor weight)
    {
        var shapes = new Shapes(Kernel.Name);
        shapes.Is(x, "B T H V");
        shapes.Let("H*V", shapes["H"] * shapes["V"]).Is(weight, "H*V");
        return shapes.Spread(z, "B T H V");
    }
}
