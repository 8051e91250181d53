using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>
/// The documents of packed rows, each as a row of its own: for what restarts at every document and cannot be masked, such as a grid of chunks.
/// Documents are listed row by row, and padded to the longest: packs of documents of like lengths are cheap, others cost what the padding costs.
/// </summary>
internal sealed class Documents
{
    private readonly List<(int Row, long Begin, long Length)> _all = [];
    private readonly long _batch, _time;
    private readonly Device _device;

    /// <summary>Finds the documents among the real tokens of each row. What comes before the first start is one too, maybe of no tokens.</summary>
    /// <param name="context">With starts.</param>
    /// <param name="time">T.</param>
    /// <param name="goesOn">Whether something came before, so that each row begins with a document that goes on, if only by no tokens.</param>
    public Documents(SequenceContext context, long time, bool goesOn)
    {
        var starts = context.Starts!;
        (_batch, _time, _device) = (starts.shape[0], time, starts.device);
        using var scope = NewDisposeScope();
        var flags = starts.cpu().contiguous().data<bool>().ToArray();
        for (var row = 0; row < _batch; row++)
        {
            var begin = 0L;
            var length = context.LengthOf(row, time);
            Continues.Add(_all.Count);
            for (var t = 0L; t < length; t++)
            {
                if (!flags[row * time + t] || (t == 0 && !goesOn))
                    continue;
                _all.Add((row, begin, t - begin));
                begin = t;
            }

            _all.Add((row, begin, length - begin));
            Last.Add(_all.Count - 1);
        }
    }

    /// <summary>How many.</summary>
    public int Count => _all.Count;

    /// <summary>Tokens of each.</summary>
    public long[] Lengths => [.. _all.Select(document => document.Length)];

    /// <summary>Of each row, what comes before its first start: the document that a state goes on with.</summary>
    public List<int> Continues { get; } = [];

    /// <summary>Of each row, the last document.</summary>
    public List<int> Last { get; } = [];

    /// <summary>[B, T, D] -> [documents, the longest length, D].</summary>
    public Tensor Unpack(Tensor x)
    {
        var longest = Math.Max(1, Lengths.Max());
        var index = _all.SelectMany(document => Enumerable.Range(0, (int)longest)
            .Select(t => document.Row * _time + Math.Min(document.Begin + t, _time - 1)));
        return x.flatten(0, 1).index_select(0, tensor(index.ToArray(), device: _device)).view(Count, longest, x.shape[2]);
    }

    /// <summary>[documents, the longest length, D] -> [B, T, D]; padded positions get some real value.</summary>
    public Tensor Pack(Tensor y)
    {
        var longest = y.shape[1];
        var index = new long[_batch * _time];
        for (var i = 0; i < Count; i++)
        {
            var (row, begin, length) = _all[i];
            for (var t = 0L; t < length; t++)
                index[row * _time + begin + t] = i * longest + t;
        }

        return y.flatten(0, 1).index_select(0, tensor(index, device: _device)).view(_batch, _time, y.shape[2]);
    }
}
