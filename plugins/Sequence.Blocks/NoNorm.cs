using Sequence.Components;
using Sequence.Kernels.Steps;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Options of <see cref="NoNorm"/>: none.</summary>
public sealed record NoNormOptions;

/// <summary>y = x, for stacks without norms.</summary>
public sealed class NoNorm() : Norm("none"), IInPlaceMap
{
    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input.alias();

    /// <inheritdoc/>
    public void Map(Tensor x, Tensor output) => Vectors.Of(x).CopyTo(Vectors.Of(output));
}

/// <summary>Makes <see cref="NoNorm"/>.</summary>
public sealed class NoNormFactory : IComponentFactory<Norm, NoNormOptions>
{
    /// <inheritdoc/>
    public string Name => "none";

    /// <inheritdoc/>
    public string Description => "No norm: y = x.";

    /// <inheritdoc/>
    public Norm Create(NoNormOptions options, ComponentContext context) => new NoNorm();
}
