using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.TransformerPsm;

/// <summary>What <see cref="Inference"/> keeps of an open chunk and the prefix in front of it: the state of each of its mixers.</summary>
internal sealed class InferenceState(long[] positions, IReadOnlyList<MixerState> layers) : MixerState(positions)
{
    /// <summary>First layer first.</summary>
    public IReadOnlyList<MixerState> Layers => layers;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => [.. layers.SelectMany(layer => layer.Tensors)];

    /// <inheritdoc/>
    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors)
    {
        var over = new List<MixerState>();
        var from = 0;
        foreach (var layer in layers)
        {
            var count = layer.Tensors.Count;
            over.Add(layer.Over([.. positions], [.. tensors.Skip(from).Take(count)]));
            from += count;
        }

        return new InferenceState(positions, over);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var layer in layers)
            layer.Dispose();
    }

    /// <summary>Row r has seen as many more as <paramref name="context"/> says, of t.</summary>
    public void Count(long t, SequenceContext context)
    {
        for (var row = 0; row < Batch; row++)
            Positions[row] += context.LengthOf(row, t);
    }
}
