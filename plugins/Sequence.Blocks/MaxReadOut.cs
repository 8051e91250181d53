using Sequence.Components;
using Sequence.Kernels;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Options of <see cref="MaxReadOut"/>: none.</summary>
public sealed record MaxReadOutOptions;

/// <summary>The largest value of each channel over the real tokens of each row: y_d = max_(t &lt; T_b) x_(t,d); 0 where there are none.</summary>
public sealed class MaxReadOut() : ReadOut("max")
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, SequenceContext context) =>
        context.Padding(x.shape[1], x.device) is { } padding
            ? x.masked_fill(padding.unsqueeze(-1), double.NegativeInfinity).amax(1).masked_fill(padding.all(1).unsqueeze(-1), 0)
            : x.amax(1);
}

/// <summary>Makes <see cref="MaxReadOut"/>.</summary>
public sealed class MaxReadOutFactory : IComponentFactory<ReadOut, MaxReadOutOptions>
{
    /// <inheritdoc/>
    public string Name => "max";

    /// <inheritdoc/>
    public string Description => "The largest value of each channel over the real tokens.";

    /// <inheritdoc/>
    public ReadOut Create(MaxReadOutOptions options, ComponentContext context) => new MaxReadOut();
}
