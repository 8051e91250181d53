using static TorchSharp.torch;

namespace Sequence.Kernels.Outer;

/// <summary>What a scan with exponential gates reads, of shapes that belong together.</summary>
/// <param name="Outer">q, k, v, l and R.</param>
/// <param name="LogInput">i, [B, T, H, 1].</param>
/// <param name="Scales">m before the first token, [B, H, 1, 1]; null for nothing.</param>
internal readonly record struct LogScaledInputs(OuterInputs Outer, Tensor LogInput, Tensor? Scales)
{
    /// <summary>Holds the inputs against <paramref name="v"/> and each other; what rows or tokens share is spread over them.</summary>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static LogScaledInputs Of(Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, LogScaled? initial, Tensor? starts)
    {
        var shapes = new Shapes("log-scaled-scan");
        var outer = OuterInputs.Of(shapes, q, k, v, null, initial?.Values, starts);
        return new(outer with { Log = shapes.Spread(logForget, "B T H 1") }, shapes.Spread(logInput, "B T H 1"), shapes.SpreadAny(initial?.Log, "B H 1 1"));
    }

    /// <summary>m and R before the first token, R in an element type.</summary>
    public LogScaled Before(ScalarType element)
    {
        var v = Outer.V;
        return Scales is null
            ? LogScaled.Zero([v.shape[0], v.shape[2], Outer.K.shape[3], v.shape[3]], element, v.device)
            : new(Scales.to(float64), Outer.Initial!.to(element));
    }
}
