using System.Diagnostics;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>How fast this process multiplies matrices on the CPU: what tells a tuned BLAS from the reference one.</summary>
internal static class MatrixSpeed
{
    private const int Size = 1024;
    private const int Rounds = 3;

    private static readonly Lock Measuring = new();
    private static readonly Dictionary<int, double> Measured = [];

    /// <summary>GFLOP/s of a float32 product of two 1024 x 1024 matrices at the present thread count; measured once a process for each count.</summary>
    public static double Gflops()
    {
        lock (Measuring)
        {
            var threads = get_num_threads();
            if (!Measured.TryGetValue(threads, out var gflops))
                Measured[threads] = gflops = Measure();
            return gflops;
        }
    }

    /// <summary>The best of a few products, after one to warm up.</summary>
    private static double Measure()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (a, b) = (full(Size, Size, 0.5), full(Size, Size, 0.25));
        var best = double.PositiveInfinity;
        for (var round = 0; round <= Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            a.mm(b).Dispose();
            if (round > 0)
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / best / 1e9;
    }
}
