using static TorchSharp.torch;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>What a metric counts in each row, from two bool [B, T]: positions scored, and those of them predicted wrong.</summary>
/// <returns>Two int64 [B]: trials, and those of them that came out as the metric asks.</returns>
internal delegate (Tensor Trials, Tensor Hits) WordCount(Tensor scored, Tensor wrong);

/// <summary>A share of trials, over all words and by their length T.</summary>
internal sealed class WordMetric : ICurveMetric
{
    private readonly WordCount _count;
    private readonly SortedDictionary<long, (long Trials, long Hits)> _byLength = [];

    private WordMetric(string name, bool higherIsBetter, WordCount count) => (Name, HigherIsBetter, _count) = (name, higherIsBetter, count);

    public string Name { get; }

    public bool HigherIsBetter { get; }

    public string Axis => "length";

    public double Value => (double)_byLength.Values.Sum(share => share.Hits) / _byLength.Values.Sum(share => share.Trials);

    public IReadOnlyList<CurvePoint> Curve =>
        [.. _byLength.Where(entry => entry.Value.Trials > 0).Select(entry => new CurvePoint(entry.Key, (double)entry.Value.Hits / entry.Value.Trials))];

    /// <summary>The share of positions that are wrong.</summary>
    public static WordMetric Error() => new("error", higherIsBetter: false, (scored, wrong) => (scored.sum(1), wrong.sum(1)));

    /// <summary>The same of positions after the first <paramref name="length"/> only.</summary>
    public static WordMetric ErrorBeyond(int length) =>
        new($"error-beyond-{length}", higherIsBetter: false, (scored, wrong) => (Beyond(scored, length), Beyond(wrong, length)));

    /// <summary>The share of words of which every position is right.</summary>
    public static WordMetric SequenceAccuracy() =>
        new("sequence-accuracy", higherIsBetter: true, (scored, wrong) => (scored.any(1).to(int64), wrong.any(1).logical_not().to(int64)));

    public void Add(Tensor logits, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var scored = targets.ne(Example.Ignored);
        var (trials, hits) = _count(scored, logits.argmax(-1).ne(targets).logical_and(scored));
        var rows = stack([scored.sum(1), trials, hits], 1).cpu().data<long>().ToArray();
        foreach (var row in rows.Chunk(3))
        {
            var sofar = _byLength.GetValueOrDefault(row[0]);
            _byLength[row[0]] = (sofar.Trials + row[1], sofar.Hits + row[2]);
        }
    }

    private static Tensor Beyond(Tensor positions, long length) => positions.narrow(1, Math.Min(length, positions.shape[1]), Math.Max(0, positions.shape[1] - length)).sum(1);
}
