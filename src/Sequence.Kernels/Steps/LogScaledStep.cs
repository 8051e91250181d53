namespace Sequence.Kernels.Steps;

/// <summary>
/// One step of a recurrence of outer products with exponential gates, in place, as <see cref="LogScaledScan"/> keeps it:
/// <code>
/// m' = max(l + m, i)                                         [B, H] float64
/// R  = exp(l + m - m') R + exp(i - m') k v^T                 [B, H, K, V]
/// y  = R^T q                                                 [B, H V], in units of exp(m')
/// </code>
/// </summary>
public static unsafe class LogScaledStep
{
    // e^80 is near the end of float32
    private const double LargestUnit = 80;

    /// <summary>Moves m and R on, writes y over <paramref name="v"/>, and gives back what 1 is in units of exp(m), [B, H].</summary>
    /// <param name="work">Memory.</param>
    /// <param name="q">[B, H K].</param>
    /// <param name="k">[B, H K]; changed.</param>
    /// <param name="v">[B, H V].</param>
    /// <param name="forget">l, [B, H], or its logit.</param>
    /// <param name="isLogit">Whether l = log sigmoid(forget).</param>
    /// <param name="input">i, [B, H].</param>
    /// <param name="state">m and R.</param>
    public static Vectors Run(Workspace work, Vectors q, Vectors k, Vectors v, Vectors forget, bool isLogit, Vectors input, LogScaled state)
    {
        var heads = forget.Width;
        if (state.Log.NumberOfElements != (long)v.Batch * heads)
            throw new ArgumentException($"m has {state.Log.NumberOfElements} numbers for {v.Batch} rows of {heads} heads.", nameof(state));
        var fade = work.Take(forget, heads);
        var write = work.Take(forget, heads);
        var one = work.Take(forget, heads);
        var m = StepMemory.Of<double>(state.Log);
        for (var row = 0; row < v.Batch; row++)
        {
            for (var head = 0; head < heads; head++, m++)
            {
                var x = forget.At(row, head);
                var faded = *m + (isLogit ? Math.Min(x, 0) - Math.Log(1 + Math.Exp(-Math.Abs(x))) : x);
                var i = input.At(row, head);
                *m = Math.Max(faded, i);
                fade.Put(row, head, Math.Exp(faded - *m));
                write.Put(row, head, Math.Exp(i - *m));
                one.Put(row, head, Math.Exp(Math.Min(-*m, LargestUnit)));
            }
        }

        GC.KeepAlive(state.Log);
        OuterProductStep.Run(q, HeadColumns.Scale(k, write), v, fade, state.Values, heads);
        return one;
    }
}
