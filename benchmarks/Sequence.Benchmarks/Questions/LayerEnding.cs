using Sequence.Kernels.Registry;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The last outputs of a mixer that was fed in pieces by the reference forms of its kernels.</summary>
/// <param name="layer">The mixer.</param>
internal sealed class LayerEnding(SequenceMixer layer) : IEnding
{
    private const long Piece = 1_024;

    public long Tokens => 256;

    public string Words => "its state after all tokens before them, by the reference (outputs)";

    public IReadOnlyDictionary<string, Tensor> Compute(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<Tensor> gradients)
    {
        using var reference = KernelScope.Prefer(KernelPreference.Reference);
        using var noGradients = no_grad();
        var x = inputs["x"].detach();
        var T = x.shape[1];
        using var state = layer.CreateState((int)x.shape[0]);
        for (var begin = 0L; begin < T - Tokens; begin += Piece)
        {
            using var scope = NewDisposeScope();
            layer.Advance(x.narrow(1, begin, Math.Min(Piece, T - Tokens - begin)), SequenceContext.Dense, state);
        }

        return new Dictionary<string, Tensor> { ["output.0"] = layer.Advance(x.narrow(1, T - Tokens, Tokens), SequenceContext.Dense, state) };
    }
}
