using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// A causal depthwise convolution over the last w tokens,
/// <code>
/// s_t = b + sum_(j=0..w-1) W_j u_(t-j)        u, s: [B, T, C]; W: [w, C]; b: [C]
/// y_t = s_t, or silu(s_t)
/// </code>
/// elementwise in the channels. What lies before the first token is in a window [B, w - 1, C], zero where none is given; a token of a document sees none of the
/// documents before: where <c>positions</c> [B, T] are given, tokens of the same document in front of each, no more than so many taps beside its own.
/// </summary>
public static class CausalConvolution
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "short-convolution", "one product a tap in tensor operations",
        KernelForm.OnBoth("fused short convolution", [CudaConvolution.Program], ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>The form that is preferred and takes the tensors.</summary>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static Tensor Run(Tensor u, Tensor? window, Tensor weight, Tensor bias, Tensor? positions = null, bool silu = false) =>
        Kernel.Fuses(u) ? FusedCausalConvolution.Run(u, window, weight, bias, positions, silu) : Taps(u, window, weight, bias, positions, silu);

    /// <summary>The meaning: one product a tap.</summary>
    /// <returns>y, [B, T, C].</returns>
    public static Tensor Taps(Tensor u, Tensor? window, Tensor weight, Tensor bias, Tensor? positions = null, bool silu = false)
    {
        (window, bias, positions) = Held(u, window, weight, bias, positions);
        var (T, past) = (u.shape[1], weight.shape[0] - 1);
        var all = cat(new[] { window ?? zeros([u.shape[0], past, u.shape[2]], u.dtype, u.device), u }, 1);
        var s = bias + u * weight[0];
        for (var j = 1L; j <= past; j++)
        {
            var earlier = all.narrow(1, past - j, T);
            if (positions is not null)
                earlier = earlier.masked_fill((positions < j).unsqueeze(2), 0);
            s += earlier * weight[j];
        }

        return silu ? nn.functional.silu(s) : s;
    }

    /// <summary>The window, b and positions held against u and W; what rows or channels share is spread over them.</summary>
    internal static (Tensor? Window, Tensor Bias, Tensor? Positions) Held(Tensor u, Tensor? window, Tensor weight, Tensor bias, Tensor? positions)
    {
        var shapes = new Shapes(Kernel.Name);
        shapes.Is(u, "B T C");
        shapes.Is(weight, "w C");
        shapes.Let("w-1", shapes["w"] - 1);
        return (
            shapes.SpreadAny(window, "B w-1 C"), shapes.Spread(bias, "C"), positions is null ? null : shapes.Spread(shapes.Holds(positions, ScalarType.Int64), "B T"));
    }
}
