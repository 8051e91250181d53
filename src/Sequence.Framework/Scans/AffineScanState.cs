using System.Diagnostics.CodeAnalysis;
using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>The state of an affine recurrence: s after the last token of each row, and the windows of the short convolutions.</summary>
public sealed class AffineScanState<TState> : MixerState
    where TState : IAffineState<TState>
{
    private Tensor[] _tensors;

    internal AffineScanState(long[] positions, TState state, IReadOnlyList<Tensor> windows) : base(positions) =>
        Take(state.Each(Own), [.. windows.Select(Own)]);

    /// <summary>s, [B, 1, ...].</summary>
    public TState State { get; private set; }

    /// <summary>Recent inputs of each short convolution, [B, w - 1, C].</summary>
    public IReadOnlyList<Tensor> Windows { get; private set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => _tensors;

    /// <inheritdoc/>
    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) =>
        new AffineScanState<TState>(positions, TState.From([.. tensors.Take(TState.TensorCount)]), [.. tensors.Skip(TState.TensorCount)]);

    /// <summary>Moves on by <paramref name="time"/> columns.</summary>
    internal void Become(TState state, IReadOnlyList<Tensor> windows, SequenceContext context, long time)
    {
        var before = _tensors;
        Take(state.Each(Kept), [.. windows.Select(Kept)]);
        foreach (var tensor in before)
            tensor.Dispose();
        for (var row = 0; row < Batch; row++)
            Positions[row] += context.LengthOf(row, time);

        static Tensor Kept(Tensor tensor) => Own(tensor.detach().clone());
    }

    /// <summary>Lays the tensors out row after row, where they are not: what a step in place works on.</summary>
    internal void Settle()
    {
        foreach (var tensor in _tensors)
        {
            if (tensor.is_contiguous())
                continue;
            Become(State.Each(each => each.contiguous()), [.. Windows.Select(each => each.contiguous())], SequenceContext.Dense, 0);
            return;
        }
    }

    /// <summary>Has moved on by one token a row, in place.</summary>
    internal void Stepped()
    {
        for (var row = 0; row < Batch; row++)
            Positions[row]++;
    }

    [MemberNotNull(nameof(_tensors), nameof(State), nameof(Windows))]
    private void Take(TState state, Tensor[] windows)
    {
        (State, Windows) = (state, windows);
        _tensors = [.. state.Tensors, .. windows];
    }
}
