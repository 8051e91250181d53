using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Mamba;

/// <summary>What tokens do to the state of <see cref="Mamba"/>, before it is spread over N x E.</summary>
/// <param name="Dt">dt, [B, T, E].</param>
/// <param name="A">A, [N, E].</param>
/// <param name="DtU">dt u, [B, T, E].</param>
/// <param name="B">What writes, [B, T, N].</param>
/// <param name="C">What reads, [B, T, N].</param>
/// <param name="Starts">[B, T], true where a document begins.</param>
internal sealed record SelectiveTokens(Tensor Dt, Tensor A, Tensor DtU, Tensor B, Tensor C, Tensor? Starts) : IDiagonalTokens
{
    /// <summary>Of what a gated scan reads.</summary>
    public static SelectiveTokens Of(GatedSelectiveInputs inputs)
    {
        var dt = inputs.Dt();
        return new(dt, inputs.A, dt * inputs.U, inputs.B.to(dt.dtype), inputs.C.to(dt.dtype), inputs.Starts);
    }

    /// <inheritdoc/>
    public long Count => Dt.shape[1];

    /// <inheritdoc/>
    public Tensor Log => new SequenceContext { Starts = Starts }.MaskDecay(Dt.unsqueeze(2) * A);

    /// <inheritdoc/>
    public Tensor Input => DtU.unsqueeze(2) * B.unsqueeze(3);

    /// <summary>C_t . h_t, the sum over N: [B, T, N, E] -> [B, T, E].</summary>
    public Tensor Read(Tensor h) => C.unsqueeze(2).matmul(h).squeeze(2);

    /// <inheritdoc/>
    public IDiagonalTokens Slice(long from, long to)
    {
        if (from == 0 && to == Count)
            return this;
        Tensor Piece(Tensor x) => x.slice(1, from, to, 1);
        return new SelectiveTokens(Piece(Dt), A, Piece(DtU), Piece(B), Piece(C), Starts is null ? null : Piece(Starts));
    }
}
