using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.MinimalRnn;

/// <summary>
/// Steps between what was and what comes. The closed form is <see cref="FusedGatedDiagonalScan"/> on the CPU, and elsewhere that of any diagonal recurrence.
/// </summary>
/// <param name="z">The gate's logit and what the candidate is of, [B, T, 2 E].</param>
/// <param name="isPositive">Whether candidates are.</param>
/// <param name="starts">[B, T], true where a document begins.</param>
/// <param name="padding">[B, T], true where nothing happens.</param>
/// <param name="readOut">h [B, T, E] -> y [B, T, D].</param>
internal sealed class GatedSteps(Tensor z, bool isPositive, Tensor? starts, Tensor? padding, Func<Tensor, Tensor> readOut)
    : IAffineSteps<Decay, TensorState>, IClosedForm<TensorState>
{
    private DiagonalSteps? _diagonal;

    /// <inheritdoc/>
    public Decay Transition => Diagonal.Transition;

    /// <inheritdoc/>
    public TensorState Input => Diagonal.Input;

    // only where the scan is not fused is there need of its factors
    private DiagonalSteps Diagonal => _diagonal ??= Factors();

    /// <inheritdoc/>
    public Tensor ReadOut(TensorState states) => readOut(states.Values);

    /// <inheritdoc/>
    public (Tensor Output, TensorState Last) Run(TensorState before)
    {
        if (!DiagonalScan.Kernel.Fuses(z))
            return Diagonal.Run(before);
        var (h, last) = FusedGatedDiagonalScan.Run(z, before.Values.squeeze(1), isPositive, starts, padding);
        return (readOut(h), new(last.unsqueeze(1)));
    }

    private DiagonalSteps Factors()
    {
        var (log, input) = GatedDiagonalScan.Factors(z.to(StateElement.Of(z.dtype)), isPositive, starts, padding);
        return new(new DiagonalTokens(log, input), readOut);
    }
}
