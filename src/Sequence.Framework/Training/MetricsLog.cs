using System.Text.Json;

namespace Sequence.Framework.Training;

/// <summary>
/// <c>metrics.jsonl</c>: one object a line, appended as the run goes. <c>seconds</c> and <c>tokensPerSecond</c> are of the clock; all else
/// is the same whenever the run is repeated or resumed.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly FileStream _stream;

    /// <summary>Opens the file, cut back to the lines that belong to the steps done.</summary>
    public MetricsLog(string path, long length)
    {
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        if (_stream.Length < length)
            throw new RunFolderException(Path.GetDirectoryName(path)!, $"metrics.jsonl has {_stream.Length:N0} bytes where the checkpoint speaks of {length:N0}: it was changed. Restore it, or begin anew in another folder.");
        CutTo(length);
    }

    /// <summary>Takes back the lines behind a length.</summary>
    public void CutTo(long length)
    {
        _stream.SetLength(length);
        _stream.Seek(0, SeekOrigin.End);
    }

    /// <summary>Bytes so far, flushed to disk.</summary>
    public long Flush()
    {
        _stream.Flush(flushToDisk: true);
        return _stream.Position;
    }

    /// <summary>Adds a line.</summary>
    public void Write<T>(T line)
    {
        JsonSerializer.Serialize(_stream, line, RunJson.Line);
        _stream.WriteByte((byte)'\n');
        _stream.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}

/// <summary>A line of <c>metrics.jsonl</c>: a training step.</summary>
internal sealed record StepLine(long Step, double Loss, double LearningRate, double? GradientNorm, long Tokens, double Seconds);

/// <summary>A line of <c>metrics.jsonl</c>: an evaluation.</summary>
internal sealed record EvaluationLine(
    long Step, string Split, double Loss, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, MetricCurve>? Curves, bool Best, double Seconds);
