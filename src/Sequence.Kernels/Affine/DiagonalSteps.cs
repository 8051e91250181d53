using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>
/// Steps of a real diagonal recurrence, h_t = e^(l_t) h_(t-1) + b_t, elementwise. The closed form is <see cref="DiagonalScan"/> over one stretch of
/// time after the other, so that without gradients memory is bounded by a stretch.
/// </summary>
/// <param name="tokens">l, b and what is read.</param>
/// <param name="output">What was read [B, T, C] -> y [B, T, D].</param>
public sealed class DiagonalSteps(IDiagonalTokens tokens, Func<Tensor, Tensor> output) : IAffineSteps<Decay, TensorState>, IClosedForm<TensorState>
{
    // numbers in the states of a stretch: a few of such tensors stay in a processor's cache
    private const long StretchNumbers = 1 << 19;

    /// <inheritdoc/>
    public Decay Transition => new(tokens.Log);

    /// <inheritdoc/>
    public TensorState Input => new(tokens.Input);

    /// <inheritdoc/>
    public Tensor ReadOut(TensorState states) => output(tokens.Read(states.Values));

    /// <inheritdoc/>
    public (Tensor Output, TensorState Last) Run(TensorState before)
    {
        var h = before.Values.squeeze(1);
        var stretch = Math.Max(1, StretchNumbers / h.numel());
        List<Tensor> read = [];
        for (var from = 0L; from < tokens.Count; from += stretch)
        {
            var (y, last) = Run(tokens.Slice(from, Math.Min(from + stretch, tokens.Count)), h);
            read.Add(y);

            // it is a view of the states of its stretch, which are held as long as it is
            h.Dispose();
            h = last;
        }

        return (output(read.Count == 1 ? read[0] : cat(read, 1)), new(h.unsqueeze(1)));
    }

    private static (Tensor Read, Tensor Last) Run(IDiagonalTokens stretch, Tensor before)
    {
        using var scope = NewDisposeScope();
        var h = DiagonalScan.Run(stretch.Log, stretch.Input, before);
        return (stretch.Read(h).MoveToOuterDisposeScope(), h.select(1, stretch.Count - 1).MoveToOuterDisposeScope());
    }
}
