using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Mipt;

/// <summary>
/// Steps between rotation and measurement. The closed form is <see cref="FusedRotationScan"/> on the CPU, and elsewhere that of any complex diagonal recurrence.
/// </summary>
/// <param name="z">k, theta, Re u and Im u, [B, T, 4 D].</param>
/// <param name="starts">[B, T], true where a document begins.</param>
/// <param name="padding">[B, T], true where nothing happens.</param>
/// <param name="readOut">h [B, T, D] complex -> y [B, T, D].</param>
internal sealed class RotationSteps(Tensor z, Tensor? starts, Tensor? padding, Func<ComplexTensor, Tensor> readOut)
    : IAffineSteps<ComplexDecay, ComplexState>, IClosedForm<ComplexState>
{
    private ComplexDiagonalSteps? _diagonal;

    /// <inheritdoc/>
    public ComplexDecay Transition => Diagonal.Transition;

    /// <inheritdoc/>
    public ComplexState Input => Diagonal.Input;

    // only where the scan is not fused is there need of its factors
    private ComplexDiagonalSteps Diagonal => _diagonal ??= Factors();

    /// <inheritdoc/>
    public Tensor ReadOut(ComplexState states) => readOut(states.Values);

    /// <inheritdoc/>
    public (Tensor Output, ComplexState Last) Run(ComplexState before)
    {
        if (!ComplexDiagonalScan.Kernel.Fuses(z))
            return Diagonal.Run(before);
        var (h, last) = FusedRotationScan.Run(z, before.Values.Each(part => part.squeeze(1)), starts, padding);
        return (readOut(h), new(last.Each(part => part.unsqueeze(1))));
    }

    private ComplexDiagonalSteps Factors()
    {
        var (a, b) = RotationScan.Factors(z.to(StateElement.Of(z.dtype)), starts, padding);
        return new(a, b, readOut);
    }
}
