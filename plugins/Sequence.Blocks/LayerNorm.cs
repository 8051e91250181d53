using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels.Steps;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Options of <see cref="LayerNorm"/>.</summary>
public sealed record LayerNormOptions
{
    /// <summary>Added to the variance, against division by zero.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-5;
}

/// <summary>Layer norm (arXiv 1607.06450): y = w (x - mean_d(x)) / sqrt(var_d(x) + epsilon) + b, over the channels of each token.</summary>
public sealed class LayerNorm : Norm, IInPlaceMap
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    private readonly double _epsilon;

    /// <summary>w = 1, b = 0.</summary>
    public LayerNorm(LayerNormOptions options, int width) : base("layer")
    {
        _weight = new Parameter(ones(width).DetachFromDisposeScope());
        _bias = new Parameter(zeros(width).DetachFromDisposeScope());
        _epsilon = options.Epsilon;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, [input.shape[^1]], _weight, _bias, _epsilon);

    /// <inheritdoc/>
    public void Map(Tensor x, Tensor output) => Norms.Layer(Vectors.Of(x), _weight, _bias, _epsilon, Vectors.Of(output));
}

/// <summary>Makes <see cref="LayerNorm"/>.</summary>
public sealed class LayerNormFactory : IComponentFactory<Norm, LayerNormOptions>
{
    /// <inheritdoc/>
    public string Name => "layer";

    /// <inheritdoc/>
    public string Description => "Layer norm with a learned scale and shift (arXiv 1607.06450).";

    /// <inheritdoc/>
    public Norm Create(LayerNormOptions options, ComponentContext context) => new LayerNorm(options, context.Width);
}
