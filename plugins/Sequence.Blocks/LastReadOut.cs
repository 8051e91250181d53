using Sequence.Components;
using Sequence.Kernels;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Options of <see cref="LastReadOut"/>: none.</summary>
public sealed record LastReadOutOptions;

/// <summary>The last real token of each row: y = x_(T_b - 1); x_0 where there are none.</summary>
public sealed class LastReadOut() : ReadOut("last")
{
    /// <inheritdoc/>
    public override bool SeesWholeSequence => false;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        var (B, T, D) = (x.shape[0], x.shape[1], x.shape[2]);
        var last = (context.LengthsOf(B, T, x.device) - 1).clamp_min(0);
        return x.gather(1, last.view(B, 1, 1).expand(B, 1, D)).squeeze(1);
    }
}

/// <summary>Makes <see cref="LastReadOut"/>.</summary>
public sealed class LastReadOutFactory : IComponentFactory<ReadOut, LastReadOutOptions>
{
    /// <inheritdoc/>
    public string Name => "last";

    /// <inheritdoc/>
    public string Description => "The last real token.";

    /// <inheritdoc/>
    public ReadOut Create(LastReadOutOptions options, ComponentContext context) => new LastReadOut();
}
