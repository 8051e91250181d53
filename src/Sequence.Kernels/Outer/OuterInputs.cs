using static TorchSharp.torch;

namespace Sequence.Kernels.Outer;

/// <summary>What a scan of outer products or a delta rule reads, of shapes that belong together.</summary>
/// <param name="Q">[B, T, H, K], or [B, T, 1, K] for all heads.</param>
/// <param name="K">[B, T, H, K], or [B, T, 1, K] for all heads.</param>
/// <param name="V">[B, T, H, V].</param>
/// <param name="Log">l, [B, T, H, K] or [B, T, H, 1]; null for none.</param>
/// <param name="Initial">[B, H, K, V]; null for zero.</param>
/// <param name="Starts">[B, T] bool; null for none.</param>
/// <param name="Beta">[B, T, H, 1] of a delta rule.</param>
internal readonly record struct OuterInputs(Tensor Q, Tensor K, Tensor V, Tensor? Log, Tensor? Initial, Tensor? Starts, Tensor? Beta = null)
{
    /// <summary>Why tensor operations are the faster form: chunks have much to prepare for one token. Null where they are not.</summary>
    public string? OneStep => V.shape[1] == 1 ? "one token, which is one step" : null;

    /// <summary>The same in other element types.</summary>
    /// <param name="tokens">Of q, k and v.</param>
    /// <param name="state">Of the state and what is done to it.</param>
    public OuterInputs To(ScalarType tokens, ScalarType state) =>
        new(Q.to(tokens), K.to(tokens), V.to(tokens), Log?.to(state), Initial?.to(state), Starts, Beta?.to(state));

    /// <summary>The same with all in the element type of states: no tensor operation takes two.</summary>
    public OuterInputs InStates()
    {
        var state = StateElement.Of(V.dtype);
        return To(state, state);
    }

    /// <summary>Holds the inputs against <paramref name="v"/> and each other; what rows or tokens share is spread over them.</summary>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static OuterInputs Of(Shapes shapes, Tensor q, Tensor k, Tensor v, Tensor? log, Tensor? initial, Tensor? starts)
    {
        static bool One(Tensor x, int axis) => x.dim() == 4 && x.shape[axis] == 1;
        shapes.Is(v, "B T H V");
        var channels = log is not null && !One(log, 3);
        k = shapes.Spread(k, One(k, 2) && !channels ? "B T 1 K" : "B T H K");
        q = shapes.Spread(q, One(q, 2) && !channels ? "B T 1 K" : "B T H K");
        return new(q, k, v, shapes.SpreadAny(log, channels ? "B T H K" : "B T H 1"), shapes.SpreadAny(initial, "B H K V"), shapes.Mask(starts));
    }

    /// <summary>Holds those of a delta rule against each other.</summary>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static OuterInputs Of(Shapes shapes, Tensor q, Tensor k, Tensor v, Tensor beta, Tensor? log, Tensor? initial, Tensor? starts)
    {
        var inputs = Of(shapes, q, k, v, null, initial, starts);
        return inputs with { Beta = shapes.Spread(beta, "B T H 1"), Log = shapes.SpreadAny(log, "B T H 1") };
    }
}
