using System.Diagnostics;
using Sequence.Benchmarks.Questions;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Measuring;

/// <summary>
/// How fast the machine copies memory and multiplies matrices, with libtorch, and computes exponentials, with lanes (libtorch's are slower), on all threads; each
/// measured when it is asked for, so that it meets the same machine as what it is compared with. On a GPU a copy is one from device to device, and exponentials are no
/// limit: it has units of their own for them.
/// </summary>
public sealed class MachineLimits : IDisposable
{
    private const long LargestCopy = 1 << 26; // floats read: 256 MiB, and as much written
    private const long LargestCopyOfGpu = 1 << 29;
    private const int Repeats = 64;
    private const long Size = 1_024, SizeOfGpu = 8_192;

    private readonly Setting _setting;
    private readonly long _largest, _size;
    private readonly Tensor _from, _to, _matrix;
    private readonly Tensor? _x, _y;

    /// <param name="setting">Of which device, and in which element type matrices are.</param>
    public MachineLimits(Setting setting)
    {
        _setting = setting;
        (_largest, _size) = setting.IsGpu ? (LargestCopyOfGpu, SizeOfGpu) : (LargestCopy, Size);
        _from = ones(_largest, device: setting.Device);
        _to = ones(_largest, device: setting.Device);
        _matrix = ones(_size, _size, setting.ElementType, setting.Device);
        if (!setting.IsGpu)
            (_x, _y) = (rand(get_num_threads(), 1 << 12), rand(get_num_threads(), 1 << 12));
    }

    /// <summary>The least time of a load, milliseconds: memory flows while the cores compute, but they do one thing at a time.</summary>
    public double Milliseconds(Load load)
    {
        var copying = load.Bytes > 0 ? CopyMs(load.Bytes) : 0;
        var computing = (load.Exponentials > 0 && !_setting.IsGpu ? load.Exponentials / ExponentialsPerMs() : 0) + (load.Flops > 0 ? load.Flops / FlopsPerMs() : 0);
        return Math.Max(copying, computing);
    }

    /// <summary>A copy that reads and writes so many bytes together.</summary>
    public double CopyMs(double bytes)
    {
        var numbers = Math.Clamp((long)(bytes / 2 / sizeof(float)), 1, _largest);
        using var from = _from.narrow(0, 0, numbers);
        using var to = _to.narrow(0, 0, numbers);
        return Fastest(() => to.copy_(from)) * bytes / (2.0 * sizeof(float) * numbers);
    }

    /// <summary>Exponentials of float32 a millisecond, in the cache of the CPU.</summary>
    public double ExponentialsPerMs() => _x!.numel() * Repeats / Fastest(() => Exponentials.Compute(_x, _y!, Repeats));

    /// <summary>Operations a millisecond in the product of two square matrices.</summary>
    public double FlopsPerMs() => 2.0 * _size * _size * _size / Fastest(() => _matrix.mm(_matrix).Dispose());

    /// <summary>The rates in words.</summary>
    public override string ToString() =>
        $"copy {1e-6 * _largest * 2 * sizeof(float) / CopyMs(_largest * 2.0 * sizeof(float)):0.0} GB/s read and written, {(_setting.IsGpu ? "" : $"exp {1e-6 * ExponentialsPerMs():0.00} G/s, ")}"
        + $"GEMM of {_setting.ElementType.ToString().ToLowerInvariant()} {1e-6 * FlopsPerMs():n0} GFLOP/s";

    /// <inheritdoc/>
    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
        _x?.Dispose();
        _y?.Dispose();
        _matrix.Dispose();
    }

    /// <summary>The fastest of a few turns: a limit is not slowed by what else the machine does. A GPU's are of several calls, as ours are, for a single one is as long as its launch.</summary>
    private double Fastest(Action call)
    {
        using var gradients = no_grad();
        var calls = 1;
        if (_setting.IsGpu)
        {
            Turn.Milliseconds(call, 1, _setting.Finish);
            calls = (int)Math.Clamp(Math.Ceiling(2 / Turn.Milliseconds(call, 1, _setting.Finish)), 1, 200);
        }

        var (fastest, start) = (double.PositiveInfinity, Stopwatch.GetTimestamp());
        for (var turns = 0; turns < 3 || (turns < 20 && Stopwatch.GetElapsedTime(start).TotalMilliseconds < 2); turns++)
            fastest = Math.Min(fastest, Turn.Milliseconds(call, calls, _setting.Finish));
        return fastest;
    }
}
