using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Mamba;

/// <summary>
/// Steps of a selective state space. The closed form is <see cref="FusedSelectiveScan"/> on the CPU, and elsewhere that of any diagonal recurrence.
/// </summary>
/// <param name="tokens">What the tokens do.</param>
/// <param name="output">What was read [B, T, E] -> y [B, T, D].</param>
internal sealed class SelectiveSteps(SelectiveTokens tokens, Func<Tensor, Tensor> output) : IAffineSteps<Decay, TensorState>, IClosedForm<TensorState>
{
    private readonly DiagonalSteps _diagonal = new(tokens, output);

    /// <inheritdoc/>
    public Decay Transition => _diagonal.Transition;

    /// <inheritdoc/>
    public TensorState Input => _diagonal.Input;

    /// <inheritdoc/>
    public Tensor ReadOut(TensorState states) => _diagonal.ReadOut(states);

    /// <inheritdoc/>
    public (Tensor Output, TensorState Last) Run(TensorState before)
    {
        if (!SelectiveScan.Kernel.Fuses(tokens.Dt))
            return _diagonal.Run(before);
        var (read, last) = FusedSelectiveScan.Run(tokens.Dt, tokens.A, tokens.DtU, tokens.B, tokens.C, before.Values.squeeze(1), tokens.Starts);
        return (output(read), new(last.unsqueeze(1)));
    }
}
