using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels.Steps;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Options of <see cref="RmsNorm"/>.</summary>
public sealed record RmsNormOptions
{
    /// <summary>Added to the mean square, against division by zero.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-5;
}

/// <summary>Root mean square norm (arXiv 1910.07467): y = w x / sqrt(mean_d(x^2) + epsilon), over the channels of each token.</summary>
public sealed class RmsNorm : Norm, IInPlaceMap
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    private readonly double _epsilon;

    /// <summary>w = 1.</summary>
    public RmsNorm(RmsNormOptions options, int width) : base("rms")
    {
        _weight = new Parameter(ones(width).DetachFromDisposeScope());
        _epsilon = options.Epsilon;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        input * (input.square().mean([-1], keepdim: true) + _epsilon).rsqrt() * _weight;

    /// <inheritdoc/>
    public void Map(Tensor x, Tensor output) => Norms.RootMeanSquare(Vectors.Of(x), _weight, _epsilon, Vectors.Of(output));
}

/// <summary>Makes <see cref="RmsNorm"/>.</summary>
public sealed class RmsNormFactory : IComponentFactory<Norm, RmsNormOptions>
{
    /// <inheritdoc/>
    public string Name => "rms";

    /// <inheritdoc/>
    public string Description => "Root mean square norm with a learned scale (arXiv 1910.07467).";

    /// <inheritdoc/>
    public Norm Create(RmsNormOptions options, ComponentContext context) => new RmsNorm(options, context.Width);
}
