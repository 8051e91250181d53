using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>What a gated selective scan reads, <see cref="GatedSelectiveScan"/>.</summary>
/// <param name="Step">s, [B, T, E].</param>
/// <param name="StepBias">b, [E].</param>
/// <param name="A">A, [N, E].</param>
/// <param name="U">u, [B, T, E].</param>
/// <param name="Gate">z, [B, T, E].</param>
/// <param name="B">What writes, [B, T, N].</param>
/// <param name="C">What reads, [B, T, N].</param>
/// <param name="Skip">D, [E].</param>
/// <param name="Starts">[B, T] bool, true where h is forgotten first; null for nowhere.</param>
/// <param name="Padding">[B, T] bool, true where nothing happens; null for nowhere.</param>
public sealed record GatedSelectiveInputs(
    Tensor Step, Tensor StepBias, Tensor A, Tensor U, Tensor Gate, Tensor B, Tensor C, Tensor Skip, Tensor? Starts = null, Tensor? Padding = null)
{
    /// <summary>The same, held against u and each other; what rows or tokens share is spread over them.</summary>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    internal GatedSelectiveInputs Held(Shapes shapes)
    {
        shapes.Is(U, "B T E");
        return new(
            shapes.Spread(Step, "B T E"), shapes.Spread(StepBias, "E"), shapes.Spread(A, "N E"), U, shapes.Spread(Gate, "B T E"), shapes.Spread(B, "B T N"),
            shapes.Spread(C, "B T N"), shapes.Spread(Skip, "E"), shapes.Mask(Starts), shapes.Mask(Padding));
    }

    /// <summary>dt, [B, T, E], not narrower than float32: a step of size 0 neither forgets nor writes.</summary>
    public Tensor Dt()
    {
        var state = StateElement.Of(Step.dtype);
        var dt = nn.functional.softplus(Step.to(state) + StepBias.to(state));
        return Padding is null ? dt : dt.masked_fill(Padding.unsqueeze(2), 0);
    }

    /// <summary>What becomes of what is read of the states, [B, T, E]: (read + D u) silu(z), in the element type of the inputs.</summary>
    public Tensor Open(Tensor read) => ((read + Skip * U) * nn.functional.silu(Gate)).to(U.dtype);
}
