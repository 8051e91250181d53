using Sequence.Kernels.Normalization;
using Sequence.Kernels.Steps;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.LinearAttention;

/// <summary>
/// A norm of each head on its own, which makes outputs of any size comparable:
/// <code>y = g * (x - mean(x)) / sqrt(var(x) + eps)        x, y: [B, T, H, V], over V; g: [H V]</code>
/// or, uncentred, the root mean square in place of the deviation.
/// </summary>
internal sealed class HeadNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    private readonly bool _centred;

    /// <summary>g starts at one.</summary>
    /// <param name="width">H V.</param>
    /// <param name="centred">Whether the mean is taken away.</param>
    public HeadNorm(long width, bool centred) : base("head_norm")
    {
        _weight = new Parameter(ones(width).DetachFromDisposeScope());
        _centred = centred;
        RegisterComponents();
    }

    /// <summary>[B, T, H, V] -> [B, T, H V], in the element type of the weights.</summary>
    public override Tensor forward(Tensor x)
    {
        if (_centred)
            x -= x.mean([-1], keepdim: true);
        var y = x * (x.square().mean([-1], keepdim: true) + Epsilon).rsqrt();
        return y.flatten(2, 3).to(_weight.dtype) * _weight;
    }

    /// <summary>Times the gate of z [B, T, H V]: [B, T, H, V] -> [B, T, H V].</summary>
    public Tensor Gated(Tensor x, Tensor z, NormGate gate) => GatedNorm.Run(x, z.unflatten(-1, x.shape[2], x.shape[3]), _weight, gate, _centred, Epsilon);

    /// <summary>The norm of one token a row, [B, H V], in place.</summary>
    public void Step(Vectors x, int heads)
    {
        if (_centred)
            Norms.Layer(x, _weight, null, Epsilon, x, heads);
        else
            Norms.RootMeanSquare(x, _weight, Epsilon, x, heads);
    }
}
