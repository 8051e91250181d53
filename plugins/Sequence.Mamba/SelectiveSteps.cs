using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Mamba;

/// <summary>
/// Steps of a gated selective scan. The closed form is <see cref="FusedGatedSelectiveScan"/> on the CPU, and elsewhere that of any diagonal recurrence.
/// </summary>
/// <param name="inputs">What the tokens do, and what becomes of what they read.</param>
/// <param name="output">y [B, T, E] of the scan -> y [B, T, D] of the layer.</param>
internal sealed class SelectiveSteps(GatedSelectiveInputs inputs, Func<Tensor, Tensor> output) : IAffineSteps<Decay, TensorState>, IClosedForm<TensorState>
{
    private DiagonalSteps? _diagonal;

    /// <inheritdoc/>
    public Decay Transition => Diagonal.Transition;

    /// <inheritdoc/>
    public TensorState Input => Diagonal.Input;

    // only where the scan is not fused is there need of what it reads
    private DiagonalSteps Diagonal => _diagonal ??= new(SelectiveTokens.Of(inputs), read => output(inputs.Open(read)));

    /// <inheritdoc/>
    public Tensor ReadOut(TensorState states) => Diagonal.ReadOut(states);

    /// <inheritdoc/>
    public (Tensor Output, TensorState Last) Run(TensorState before)
    {
        if (!SelectiveScan.Kernel.Fuses(inputs.U))
            return Diagonal.Run(before);
        var (y, last) = FusedGatedSelectiveScan.Run(inputs, before.Values.squeeze(1));
        return (output(y), new(last.unsqueeze(1)));
    }
}
