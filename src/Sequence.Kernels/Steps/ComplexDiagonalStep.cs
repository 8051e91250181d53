using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>
/// One step of a complex diagonal recurrence between rotation and measurement (arXiv 2604.07716), in place:
/// <code>h = (1 - p) e^(i theta) h + p u        p = sigmoid(logit); all [B, D]; h and u complex</code>
/// </summary>
public static unsafe class ComplexDiagonalStep
{
    /// <summary>Moves h on.</summary>
    /// <param name="logit">Of p.</param>
    /// <param name="theta">theta.</param>
    /// <param name="re">Real part of u.</param>
    /// <param name="im">Imaginary part of u.</param>
    /// <param name="h">The state, [B, ..., D] each part.</param>
    public static void Run(Vectors logit, Vectors theta, Vectors re, Vectors im, ComplexTensor h)
    {
        var hRe = Vectors.Of(h.Re);
        var hIm = Vectors.Of(h.Im);
        hRe.Fits(logit);
        hIm.Fits(logit);
        if (logit.IsDouble)
            Run<double>(logit, theta, re, im, hRe, hIm);
        else
            Run<float>(logit, theta, re, im, hRe, hIm);
        GC.KeepAlive(h.Re);
        GC.KeepAlive(h.Im);
    }

    private static void Run<T>(Vectors logit, Vectors theta, Vectors re, Vectors im, Vectors hRe, Vectors hIm)
        where T : unmanaged
    {
        for (var row = 0; row < logit.Batch; row++)
        {
            var loop = new ComplexDiagonalStepLoop<T>(logit.Row<T>(row), theta.Row<T>(row), re.Row<T>(row), im.Row<T>(row), hRe.Row<T>(row), hIm.Row<T>(row));
            LaneWidth.Run<T, ComplexDiagonalStepLoop<T>>(ref loop, logit.Width);
        }
    }
}
