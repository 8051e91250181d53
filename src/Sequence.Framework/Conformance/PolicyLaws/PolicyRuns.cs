using Sequence.Caching;
using Sequence.Framework.Caching;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>Ways to run a layer under a policy, and to look at what it holds.</summary>
internal static class PolicyRuns
{
    /// <summary>Both ways of reading, by which lifetimes come to different masks.</summary>
    public static IReadOnlyList<EntryReads> Reads { get; } = [EntryReads.Inclusive, EntryReads.StrictlyPast];

    /// <summary>The state of so many rows under the layer's policy.</summary>
    public static EntryCache Begin(this EntryMixer mixer, int batch) => mixer.CreateState(batch, mixer.Policy);

    /// <summary>Advances by one call after the other, row r by takes[r] tokens of it, in as many columns as <paramref name="columns"/> says: [T_r, D] a row.</summary>
    /// <param name="mixer">The layer.</param>
    /// <param name="x">Tokens, [B, T, D].</param>
    /// <param name="takes">Tokens of each row in each call.</param>
    /// <param name="columns">Columns of each call.</param>
    /// <param name="state">Where it goes on from.</param>
    /// <param name="padding">What stands behind the tokens of a row.</param>
    public static IReadOnlyList<Tensor> StreamCalls(
        this EntryMixer mixer, Tensor x, IReadOnlyList<long[]> takes, IReadOnlyList<long> columns, MixerState state, double padding)
    {
        using var gradients = no_grad();
        var B = (int)x.shape[0];
        var done = new long[B];
        var outputs = Enumerable.Range(0, B).Select(_ => new List<Tensor>()).ToArray();
        foreach (var (take, t) in takes.Zip(columns))
        {
            var call = full([B, t, x.shape[2]], padding, x.dtype, x.device);
            for (var row = 0; row < B; row++)
                call[row].narrow(0, 0, take[row]).copy_(x[row].narrow(0, done[row], take[row]));
            var y = mixer.Advance(call, new SequenceContext { Lengths = take }, state);
            for (var row = 0; row < B; row++)
            {
                outputs[row].Add(y[row].narrow(0, 0, take[row]));
                done[row] += take[row];
            }
        }

        return [.. outputs.Select(row => cat(row, 0))];
    }

    /// <summary>Positions that each head of a row holds, ascending.</summary>
    public static string Held(this EntryCache state, int row)
    {
        using var scope = NewDisposeScope();
        var n = state.EntryPositions.shape[2];
        var positions = state.EntryPositions[row].cpu().expand(state.Layout.Shape.Heads, n).contiguous();
        return string.Join(" | ", positions.data<long>().ToArray().Chunk((int)Math.Max(1, n)).Select(head => string.Join(" ", head.Where(position => position >= 0).Order())));
    }

    /// <summary>Two runs gave the same outputs and hold the same entries, row by row.</summary>
    public static void Agree(this Findings findings, Tensor expected, EntryCache expectedState, Tensor actual, EntryCache actualState, Func<string> where)
    {
        findings.Same(expected, actual, where);
        for (var row = 0; row < actualState.Batch; row++)
            findings.Holds(expectedState.Held(row), actualState.Held(row), row, where);
    }

    /// <summary>A row holds the entries that it should.</summary>
    public static void Holds(this Findings findings, string expected, string actual, int row, Func<string> where) =>
        findings.Holds(expected == actual, () => $"{where()}: row {row} holds the entries {Shown(actual)}, not {Shown(expected)}");

    /// <summary>Which way of reading, for people.</summary>
    public static string Text(this EntryReads reads) => reads == EntryReads.Inclusive ? "reading what is held and itself" : "reading what is strictly past";

    private static string Shown(string held) => held.Length == 0 ? "(none)" : held.Length > 120 ? $"{held[..120]} ..." : held;
}
