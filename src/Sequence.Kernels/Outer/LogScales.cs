using static TorchSharp.torch;

namespace Sequence.Kernels.Outer;

/// <summary>The log scales of a recurrence with exponential gates, m_t = max(l_t + m_(t-1), i_t): units, without gradients, in float64 on the CPU.</summary>
internal static unsafe class LogScales
{
    /// <summary>m_(t-1) as token t sees it, minus infinity where a document starts, and m_t; [B, T, H, 1], minus infinity for nothing.</summary>
    /// <param name="logForget">l, [B, T, H, 1] float64.</param>
    /// <param name="logInput">i, [B, T, H, 1] float64.</param>
    /// <param name="initial">m before the first token, [B, H, 1, 1] float64.</param>
    /// <param name="starts">Where documents start, [B, T] bool; null where each row is one document.</param>
    public static (Tensor Entering, Tensor Scales) Of(Tensor logForget, Tensor logInput, Tensor initial, Tensor? starts)
    {
        var shape = logForget.shape;
        var (rows, time, heads) = (shape[0], shape[1], shape[2]);
        var (l, i, first, begins) = (logForget.detach().contiguous(), logInput.detach().contiguous(), initial.detach().contiguous(), starts?.contiguous());
        var (entering, scales) = (empty(shape, float64), empty(shape, float64));
        if (scales.numel() == 0)
            return (entering, scales);

        double* l0 = Memory.Of<double>(l), i0 = Memory.Of<double>(i), m0 = Memory.Of<double>(first), e0 = Memory.Of<double>(entering), s0 = Memory.Of<double>(scales);
        var b0 = begins is null ? null : Memory.Of<byte>(begins);
        for (var row = 0L; row < rows; row++)
        {
            for (var t = 0L; t < time; t++)
            {
                var begun = b0 is not null && b0[row * time + t] != 0;
                for (var head = 0L; head < heads; head++)
                {
                    var at = (row * time + t) * heads + head;
                    e0[at] = begun ? double.NegativeInfinity : t == 0 ? m0[row * heads + head] : s0[at - heads];
                    s0[at] = Math.Max(l0[at] + e0[at], i0[at]);
                }
            }
        }

        GC.KeepAlive((l, i, first, begins));
        return (entering, scales);
    }
}
