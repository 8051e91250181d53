using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>The state of an affine recurrence: s after the last token of each row, and the windows of the short convolutions.</summary>
public sealed class AffineScanState<TState> : MixerState
    where TState : IAffineState<TState>
{
    internal AffineScanState(long[] positions, TState state, IReadOnlyList<Tensor> windows) : base(positions) =>
        (State, Windows) = (state.Each(Own), [.. windows.Select(Own)]);

    /// <summary>s, [B, 1, ...].</summary>
    public TState State { get; private set; }

    /// <summary>Recent inputs of each short convolution, [B, w - 1, C].</summary>
    public IReadOnlyList<Tensor> Windows { get; private set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => [.. State.Tensors, .. Windows];

    /// <inheritdoc/>
    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) =>
        new AffineScanState<TState>(positions, TState.From([.. tensors.Take(TState.TensorCount)]), [.. tensors.Skip(TState.TensorCount)]);

    /// <summary>Moves on by <paramref name="time"/> columns.</summary>
    internal void Become(TState state, IReadOnlyList<Tensor> windows, SequenceContext context, long time)
    {
        var before = Tensors;
        State = state.Each(Kept);
        Windows = [.. windows.Select(Kept)];
        foreach (var tensor in before)
            tensor.Dispose();
        for (var row = 0; row < Batch; row++)
            Positions[row] += context.LengthOf(row, time);

        static Tensor Kept(Tensor tensor) => Own(tensor.detach().clone());
    }
}
