using Sequence.Kernels.Lanes;
using static TorchSharp.torch;

namespace Sequence.Kernels.Steps;

/// <summary>
/// One step of a selective state space (S6, arXiv 2312.00752), in place, and its skip connection:
/// <code>
/// h = e^(dt A) h + dt u B        h: [B, N, E]; A = -e^(A_log): [N, E]; dt, u: [B, E]; B: [B, N]
/// y = C . h + D u                y: [B, E], the sum over N; C: [B, N]; D: [E]
/// </code>
/// </summary>
public static unsafe class SelectiveStep
{
    /// <summary>Moves h on and writes y over <paramref name="dt"/>, which it gives back.</summary>
    /// <param name="dt">dt.</param>
    /// <param name="aLog">A_log, [N, E] in any shape.</param>
    /// <param name="u">u.</param>
    /// <param name="B">What writes.</param>
    /// <param name="C">What reads.</param>
    /// <param name="skip">D.</param>
    /// <param name="h">The state, [B, ..., N, E].</param>
    public static Vectors Run(Vectors dt, Tensor aLog, Vectors u, Vectors B, Vectors C, Tensor skip, Tensor h)
    {
        dt.Fits(u);
        if (dt.IsDouble)
            Run<double>(dt, aLog, u, B, C, skip, h);
        else
            Run<float>(dt, aLog, u, B, C, skip, h);
        GC.KeepAlive(aLog);
        GC.KeepAlive(skip);
        GC.KeepAlive(h);
        return dt;
    }

    private static void Run<T>(Vectors dt, Tensor aLog, Vectors u, Vectors B, Vectors C, Tensor skip, Tensor h)
        where T : unmanaged
    {
        var (N, E) = (B.Width, dt.Width);
        if (aLog.numel() != (long)N * E || h.numel() != (long)dt.Batch * N * E)
            throw new ArgumentException($"A state of {h.numel()} numbers is not [{dt.Batch}, {N}, {E}].", nameof(h));
        var states = StepMemory.Of<T>(h);
        for (var row = 0; row < dt.Batch; row++)
        {
            var loop = new SelectiveStepLoop<T>(
                dt.Row<T>(row), StepMemory.Of<T>(aLog), u.Row<T>(row), B.Row<T>(row), C.Row<T>(row), StepMemory.Of<T>(skip), states + (long)row * N * E, N, E);
            LaneWidth.Run<T, SelectiveStepLoop<T>>(ref loop, E);
        }
    }
}
