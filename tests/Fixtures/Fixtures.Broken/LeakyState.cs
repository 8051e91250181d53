using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>h after the last token of each row, [B, D].</summary>
internal sealed class LeakyState : MixerState
{
    public LeakyState(long[] positions, Tensor h) : base(positions) => H = Own(h);

    public Tensor H { get; private set; }

    public override IReadOnlyList<Tensor> Tensors => [H];

    /// <summary>Moves on to h, <paramref name="time"/> columns later.</summary>
    public void Become(Tensor h, SequenceContext context, long time)
    {
        H.Dispose();
        H = Own(h.detach().clone());
        for (var row = 0; row < Batch; row++)
            Positions[row] += context.LengthOf(row, time);
    }

    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new LeakyState(positions, tensors[0]);
}
