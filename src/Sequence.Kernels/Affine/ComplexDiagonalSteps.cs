using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>
/// Steps of a complex diagonal recurrence, h_t = a_t h_(t-1) + b_t, whose closed form is <see cref="ComplexDiagonalScan"/>.
/// </summary>
public sealed class ComplexDiagonalSteps : IAffineSteps<ComplexDecay, ComplexState>, IClosedForm<ComplexState>
{
    private readonly ComplexTensor _a, _b;
    private readonly Func<ComplexTensor, Tensor> _readOut;

    /// <summary>Steps as they are, without a context.</summary>
    /// <param name="a">[B, T, D] complex.</param>
    /// <param name="b">[B, T, D] complex.</param>
    /// <param name="readOut">h [B, T, D] complex -> y [B, T, D].</param>
    public ComplexDiagonalSteps(ComplexTensor a, ComplexTensor b, Func<ComplexTensor, Tensor> readOut) => (_a, _b, _readOut) = (a, b, readOut);

    /// <inheritdoc/>
    public ComplexDecay Transition => new(_a);

    /// <inheritdoc/>
    public ComplexState Input => new(_b);

    /// <summary>Steps as the context wants them.</summary>
    /// <param name="a">[B, T, D] complex.</param>
    /// <param name="b">[B, T, D] complex.</param>
    /// <param name="context">Where a is 0 and where nothing happens.</param>
    /// <param name="readOut">h [B, T, D] complex -> y [B, T, D].</param>
    public static ComplexDiagonalSteps Of(ComplexTensor a, ComplexTensor b, SequenceContext context, Func<ComplexTensor, Tensor> readOut)
    {
        if (context.Starts?.unsqueeze(-1) is { } starts)
            a = a.Each(part => part.masked_fill(starts, 0));
        if (context.Padding(b.Re.shape[1], b.Re.device)?.unsqueeze(-1) is { } padding)
        {
            a = new(a.Re.masked_fill(padding, 1), a.Im.masked_fill(padding, 0));
            b = b.Each(part => part.masked_fill(padding, 0));
        }

        return new(a, b, readOut);
    }

    /// <inheritdoc/>
    public Tensor ReadOut(ComplexState states) => _readOut(states.Values);

    /// <inheritdoc/>
    public (Tensor Output, ComplexState Last) Run(ComplexState before)
    {
        var h = ComplexDiagonalScan.Run(_a, _b, before.Values.Each(part => part.squeeze(1)));
        var T = h.Re.shape[1];
        return (_readOut(h), new(h.Each(part => part.narrow(1, T - 1, 1))));
    }
}
