using System.Diagnostics;
using Sequence.Framework.Models;
using Sequence.Kernels;
using Sequence.Kernels.Registry;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Harness.Throughput;

/// <summary>A model that passes over batches of one length; once a pass has failed, it takes no more of its kind.</summary>
internal sealed class ThroughputContender : IDisposable
{
    private readonly string _name;
    private readonly ThroughputOptions _options;
    private readonly KernelPreference _kernels;
    private readonly Device _device;
    private readonly SequenceModel _model;
    private readonly Tensor _tokens, _targets;
    private readonly long _length, _rows;

    public ThroughputContender(string name, ThroughputEntry entry, ThroughputOptions options, long length, Device device)
    {
        (_name, _options, _device, _length, _rows) = (name, options, device, length, options.BatchTokens / length);
        _kernels = entry.Kernels ?? options.Kernels;
        _model = ThroughputSetup.Build(entry, options, device);
        using var generator = new Generator((ulong)options.Seed);
        _tokens = randint(options.Vocabulary, [_rows, length], int64, generator: generator).to(device);
        _targets = randint(options.Vocabulary, [_rows * length], int64, generator: generator).to(device);
    }

    /// <summary>The first pass of a kind, which is not timed: whether there is room for it, what it takes, and in which forms it runs.</summary>
    public ThroughputRow Begin(ThroughputPass pass)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var onDevice = _device.type == DeviceType.CUDA;
        var before = onDevice
            ? DeviceMemory.StartPeak(_device) ? DeviceMemory.Allocated(_device) : null
            : ProcessMemory.StartPeak() ? ProcessMemory.Bytes : null;
        var failed = Try(pass);
        var peak = (onDevice ? DeviceMemory.Peak(_device) : ProcessMemory.Peak) - before;
        return new(_name, _length, _rows, pass, [], failed is null ? peak : null, string.Join("; ", _model.Forms), failed);
    }

    /// <summary>A timed pass, added to what there is.</summary>
    public ThroughputRow Time(ThroughputRow row)
    {
        if (row.Failed is not null)
            return row;
        Settle();
        var start = Stopwatch.GetTimestamp();
        var failed = Try(row.Pass);
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return failed is null ? row with { Milliseconds = [.. row.Milliseconds, milliseconds] } : row with { Milliseconds = [], Failed = failed };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _targets.Dispose();
        _model.Dispose();
    }

    /// <summary>Null, or why it failed: what one model at one length has no room for says nothing of the others.</summary>
    private string? Try(ThroughputPass pass)
    {
        try
        {
            using var kernels = KernelScope.Prefer(_kernels);
            using var scope = NewDisposeScope();
            if (pass == ThroughputPass.Forward)
                Forward();
            else
                Train();
            Settle();
            return null;
        }
        catch (Exception problem)
        {
            var words = problem.Message.Split('\n')[0];
            return words.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || words.Contains("allocate memory", StringComparison.Ordinal) ? "out of memory" : words;
        }
        finally
        {
            _model.zero_grad();
        }
    }

    private void Forward()
    {
        using var gradients = no_grad();
        _model.eval();
        _model.Forward(_tokens, SequenceContext.Dense);
    }

    private void Train()
    {
        _model.train();
        var logits = _model.Forward(_tokens, SequenceContext.Dense);
        nn.functional.cross_entropy(logits.view(-1, _options.Vocabulary), _targets).backward();
    }

    // a GPU is given work and does it later
    private void Settle()
    {
        if (_device.type == DeviceType.CUDA)
            cuda.synchronize(_device);
    }
}
