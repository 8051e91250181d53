using Sequence.Kernels.Normalization;
using Sequence.Kernels.Steps;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Mamba;

/// <summary>
/// y = w u / sqrt(mean(u^2) + epsilon) with u = x silu(z), over each of G groups of the channels of a token. The squares are of u beside its largest value:
/// they do not overflow where u does not.
/// </summary>
internal sealed class GatedRmsNorm : nn.Module
{
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    private readonly long _groups;

    /// <summary>w = 1.</summary>
    public GatedRmsNorm(long width, long groups) : base("gated_rms_norm")
    {
        _weight = new Parameter(ones(width).DetachFromDisposeScope());
        _groups = groups;
        RegisterComponents();
    }

    /// <summary>x, z [B, T, E] -> [B, T, E].</summary>
    public Tensor Forward(Tensor x, Tensor z) =>
        GatedNorm.Run(unflatten(x, -1, _groups, -1), unflatten(z, -1, _groups, -1), _weight, NormGate.SiluBefore, centred: false, Epsilon);

    /// <summary>One token a row, x and z [B, E], in the place of x.</summary>
    public Vectors Step(Vectors x, Vectors z)
    {
        x.TimesSilu(z);
        Norms.RootMeanSquare(x, _weight, Epsilon, x, (int)_groups);
        return x;
    }
}
