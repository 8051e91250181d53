using System.Diagnostics;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Measuring;

/// <summary>
/// How fast the machine copies memory and multiplies matrices, with libtorch, and computes exponentials, with lanes (libtorch's are slower), on all threads; each
/// measured when it is asked for, so that it meets the same machine as what it is compared with.
/// </summary>
public sealed class MachineLimits : IDisposable
{
    private const long LargestCopy = 1 << 26; // floats read: 256 MiB, and as much written
    private const int Repeats = 64;
    private const long Size = 1_024;

    private readonly Tensor _from = ones(LargestCopy);
    private readonly Tensor _to = ones(LargestCopy);
    private readonly Tensor _x = rand(get_num_threads(), 1 << 12);
    private readonly Tensor _y = rand(get_num_threads(), 1 << 12);
    private readonly Tensor _matrix = ones(Size, Size);

    /// <summary>The least time of a load, milliseconds: memory flows while the cores compute, but they do one thing at a time.</summary>
    public double Milliseconds(Load load)
    {
        var copying = load.Bytes > 0 ? CopyMs(load.Bytes) : 0;
        var computing = (load.Exponentials > 0 ? load.Exponentials / ExponentialsPerMs() : 0) + (load.Flops > 0 ? load.Flops / FlopsPerMs() : 0);
        return Math.Max(copying, computing);
    }

    /// <summary>A copy that reads and writes so many bytes together.</summary>
    public double CopyMs(double bytes)
    {
        var numbers = Math.Clamp((long)(bytes / 2 / sizeof(float)), 1, LargestCopy);
        using var from = _from.narrow(0, 0, numbers);
        using var to = _to.narrow(0, 0, numbers);
        return Fastest(() => to.copy_(from)) * bytes / (2.0 * sizeof(float) * numbers);
    }

    /// <summary>Exponentials of float32 a millisecond, in the cache.</summary>
    public double ExponentialsPerMs() => _x.numel() * Repeats / Fastest(() => Exponentials.Compute(_x, _y, Repeats));

    /// <summary>Operations a millisecond in the product of two 1024 x 1024 matrices.</summary>
    public double FlopsPerMs() => 2.0 * Size * Size * Size / Fastest(() => _matrix.mm(_matrix).Dispose());

    /// <summary>The three rates in words.</summary>
    public override string ToString() =>
        $"copy {1e-6 * LargestCopy * 2 * sizeof(float) / CopyMs(LargestCopy * 2.0 * sizeof(float)):0.0} GB/s read and written, exp {1e-6 * ExponentialsPerMs():0.00} G/s, GEMM {1e-6 * FlopsPerMs():0} GFLOP/s";

    /// <inheritdoc/>
    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
        _x.Dispose();
        _y.Dispose();
        _matrix.Dispose();
    }

    /// <summary>The fastest of a few calls: a limit is not slowed by what else the machine does.</summary>
    private static double Fastest(Action call)
    {
        using var gradients = no_grad();
        var (fastest, start) = (double.PositiveInfinity, Stopwatch.GetTimestamp());
        for (var calls = 0; calls < 3 || (calls < 20 && Stopwatch.GetElapsedTime(start).TotalMilliseconds < 2); calls++)
        {
            var begin = Stopwatch.GetTimestamp();
            call();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return fastest;
    }
}
