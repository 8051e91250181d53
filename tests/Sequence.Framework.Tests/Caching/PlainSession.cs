using Sequence.Caching;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Tests.Caching;

/// <summary>
/// A session of one row and one document written out token by token and head by head, on lists: what a cache has to give. A rule says which of the entries held
/// stay, given their positions, their scores and the attention that they have drawn, after so many tokens.
/// </summary>
internal sealed class PlainSession(TinyLayer layer, Func<int, IReadOnlyList<PlainEntry>, int, IEnumerable<PlainEntry>> rule, EntryPositions positions = EntryPositions.Original)
{
    private readonly List<PlainEntry>[] _held = [.. Enumerable.Range(0, TinyLayer.Hkv).Select(_ => new List<PlainEntry>())];

    public bool TokenByToken { get; init; } = true;

    /// <summary>Entries of each head.</summary>
    public IReadOnlyList<IReadOnlyList<PlainEntry>> Held => _held;

    /// <summary>The outputs of x, [1, T, D], in one call of a session.</summary>
    public Tensor Call(Tensor x, int from)
    {
        var entries = layer.Project(x, null, SequenceContext.Dense);
        var T = (int)x.shape[1];
        var read = zeros([1, TinyLayer.H, T, TinyLayer.V], float64);
        for (var kv = 0; kv < TinyLayer.Hkv; kv++)
        {
            foreach (var entry in _held[kv])
                entry.Drawn = 0;
            for (var t = 0; t < T; t++)
            {
                var own = new PlainEntry(from + t, entries.Keys[0, kv, t], entries.Values[0, kv, t], entries.Scores![0, t].ToDouble());
                if (layer.Reads == EntryReads.StrictlyPast)
                    Read(kv, t, own);
                _held[kv].Add(own);
                var dropped = TokenByToken ? Drop(kv, from + t + 1) : [];
                if (layer.Reads == EntryReads.Inclusive)
                {
                    if (dropped.Contains(own))
                        _held[kv].Add(own);
                    Read(kv, t, own);
                    if (dropped.Contains(own))
                        _held[kv].Remove(own);
                }
            }

            if (!TokenByToken)
                Drop(kv, from + T);
        }

        return layer.Output(read, x, null);

        void Read(int kv, int t, PlainEntry own)
        {
            if (_held[kv].Count == 0)
                return;
            var byRank = positions == EntryPositions.Cache;
            var keys = stack(_held[kv].Select((entry, rank) => Turned(entry.Key, byRank ? rank : entry.Position)));
            var asking = byRank ? _held[kv].Count - (layer.Reads == EntryReads.Inclusive ? 1 : 0) : own.Position;
            for (var head = kv * 2; head < kv * 2 + 2; head++)
            {
                var weights = (keys.matmul(Turned(entries.Queries[0, head, t], asking)) / Math.Sqrt(TinyLayer.K)).softmax(0);
                read[0, head, t].copy_(weights.matmul(stack(_held[kv].Select(entry => entry.Value))));
                for (var j = 0; j < _held[kv].Count; j++)
                    (_held[kv][j].Drawn, _held[kv][j].DrawnInAll) = (_held[kv][j].Drawn + weights[j].ToDouble(), _held[kv][j].DrawnInAll + weights[j].ToDouble());
            }
        }
    }

    private List<PlainEntry> Drop(int kv, int seen)
    {
        var kept = rule(kv, _held[kv], seen).ToHashSet();
        var dropped = _held[kv].Where(entry => !kept.Contains(entry)).ToList();
        _held[kv].RemoveAll(entry => !kept.Contains(entry));
        return dropped;
    }

    private Tensor Turned(Tensor head, int position) => layer.Rotate(head.view(1, 1, 1, TinyLayer.K), tensor(new long[] { position }).view(1, 1)).view(TinyLayer.K);
}

/// <summary>One of its entries.</summary>
internal sealed class PlainEntry(int position, Tensor key, Tensor value, double score)
{
    public int Position => position;

    public Tensor Key => key;

    public Tensor Value => value;

    public double Score => score;

    /// <summary>Attention drawn in the call at hand.</summary>
    public double Drawn { get; set; }

    /// <summary>And in those before.</summary>
    public double DrawnInAll { get; set; }
}
