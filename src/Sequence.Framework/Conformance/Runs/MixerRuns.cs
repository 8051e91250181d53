using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.Runs;

/// <summary>Ways to run a mixer without gradients.</summary>
internal static class MixerRuns
{
    // what stands at padded positions: far from zero, so that it shows where it is seen
    private const double Padding = 7;

    /// <summary>One pass over whole sequences, [B, T, D] -> [B, T, D].</summary>
    public static Tensor Score(this SequenceMixer mixer, Tensor x, SequenceContext? context = null)
    {
        using var gradients = no_grad();
        return mixer.Forward(x, context ?? SequenceContext.Dense);
    }

    /// <summary>Advances piece by piece, all rows alike: [B, T, D] -> [B, T, D].</summary>
    public static Tensor Stream(this SequenceMixer mixer, Tensor x, Split split, MixerState state, Tensor? starts = null)
    {
        using var gradients = no_grad();
        var outputs = new List<Tensor>();
        var at = 0L;
        foreach (var piece in split.Pieces)
        {
            var context = new SequenceContext { Starts = starts?.narrow(1, at, piece) };
            outputs.Add(mixer.Advance(x.narrow(1, at, piece), context, state));
            at += piece;
        }

        return cat(outputs, 1);
    }

    /// <summary>
    /// Advances row r through its first <paramref name="lengths"/>[r] tokens, by different numbers of tokens a row in each piece, none at
    /// all at times, with padding behind: [T_r, D] a row. Documents begin where <paramref name="starts"/> [B, T] says.
    /// </summary>
    public static IReadOnlyList<Tensor> StreamRagged(
        this SequenceMixer mixer, Tensor x, IReadOnlyList<long> lengths, MixerState state, long seed, Action<Tensor>? padded = null, Tensor? starts = null)
    {
        using var gradients = no_grad();
        var random = new Random((int)seed);
        var done = new long[lengths.Count];
        var outputs = lengths.Select(_ => new List<Tensor>()).ToArray();
        while (done.Zip(lengths).Any(row => row.First < row.Second))
        {
            var take = lengths.Select((length, row) => Math.Min(length - done[row], random.Next(0, 20))).ToArray();
            var t = Math.Max(1, take.Max()) + random.Next(0, 3);
            var piece = full([lengths.Count, t, x.shape[2]], Padding, x.dtype, x.device);
            var begins = starts is null ? null : zeros([lengths.Count, t], starts.dtype, starts.device);
            for (var row = 0; row < lengths.Count; row++)
            {
                piece[row].narrow(0, 0, take[row]).copy_(x[row].narrow(0, done[row], take[row]));
                begins?[row].narrow(0, 0, take[row]).copy_(starts![row].narrow(0, done[row], take[row]));
            }

            var y = mixer.Advance(piece, new SequenceContext { Lengths = take, Starts = begins }, state);
            padded?.Invoke(y);
            for (var row = 0; row < lengths.Count; row++)
            {
                outputs[row].Add(y[row].narrow(0, 0, take[row]));
                done[row] += take[row];
            }
        }

        return [.. outputs.Select(row => cat(row, 0))];
    }
}
