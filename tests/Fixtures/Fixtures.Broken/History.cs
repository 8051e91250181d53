using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Every h, [B, 1 + T, D].</summary>
internal sealed class History : MixerState
{
    public History(long[] positions, Tensor states) : base(positions) => States = Own(states);

    public Tensor States { get; private set; }

    public override IReadOnlyList<Tensor> Tensors => [States];

    public void Append(Tensor h, SequenceContext context)
    {
        var before = States;
        States = Own(cat(new[] { before, h.detach() }, 1));
        before.Dispose();
        for (var row = 0; row < Batch; row++)
            Positions[row] += context.LengthOf(row, h.shape[1]);
    }

    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new History(positions, tensors[0]);
}
