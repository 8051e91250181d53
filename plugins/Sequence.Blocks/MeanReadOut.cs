using Sequence.Components;
using Sequence.Kernels;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Options of <see cref="MeanReadOut"/>: none.</summary>
public sealed record MeanReadOutOptions;

/// <summary>The mean over the real tokens of each row: y = sum_(t &lt; T_b) x_t / T_b; 0 where there are none.</summary>
public sealed class MeanReadOut() : ReadOut("mean")
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        var (B, T) = (x.shape[0], x.shape[1]);
        if (context.Padding(T, x.device) is not { } padding)
            return x.mean([1]);
        var lengths = context.LengthsOf(B, T, x.device).clamp_min(1).to(x.dtype);
        return x.masked_fill(padding.unsqueeze(-1), 0).sum(1) / lengths.unsqueeze(-1);
    }
}

/// <summary>Makes <see cref="MeanReadOut"/>.</summary>
public sealed class MeanReadOutFactory : IComponentFactory<ReadOut, MeanReadOutOptions>
{
    /// <inheritdoc/>
    public string Name => "mean";

    /// <inheritdoc/>
    public string Description => "The mean over the real tokens.";

    /// <inheritdoc/>
    public ReadOut Create(MeanReadOutOptions options, ComponentContext context) => new MeanReadOut();
}
