using Sequence.Kernels;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>h after the last token of each row, [B, D] complex.</summary>
internal sealed class RotationState : MixerState
{
    public RotationState(long[] positions, ComplexTensor h) : base(positions) => H = h.Each(Own);

    public ComplexTensor H { get; private set; }

    public override IReadOnlyList<Tensor> Tensors => [H.Re, H.Im];

    /// <summary>Moves on to h, <paramref name="time"/> columns later.</summary>
    public void Become(ComplexTensor h, SequenceContext context, long time)
    {
        var before = H;
        H = h.Each(part => Own(part.detach().clone()));
        before.Re.Dispose();
        before.Im.Dispose();
        for (var row = 0; row < Batch; row++)
            Positions[row] += context.LengthOf(row, time);
    }

    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new RotationState(positions, new(tensors[0], tensors[1]));
}
