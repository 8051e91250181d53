using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>Ways to run a mixer over rows of random inputs.</summary>
internal static class Rows
{
    public const int Width = 24;

    /// <summary>Standard normal inputs [B, T, D].</summary>
    public static Tensor Random(long B, long T, ScalarType dtype, ulong seed = 1)
    {
        using var generator = new Generator(seed);
        return randn([B, T, Width], float64, generator: generator).to(dtype);
    }

    /// <summary>True where a document begins, [1, T], for documents of these lengths one after the other.</summary>
    public static Tensor Starts(params long[] documents)
    {
        var starts = new bool[documents.Sum()];
        var at = 0L;
        foreach (var length in documents)
        {
            starts[at] = true;
            at += length;
        }

        return tensor(starts).unsqueeze(0);
    }

    /// <summary>Advances through x piece by piece, over all rows alike: [B, T, D] -> [B, T, D].</summary>
    public static Tensor Advance(SequenceMixer mixer, Tensor x, IEnumerable<long> pieces, MixerState state, Tensor? starts = null)
    {
        using var gradients = no_grad();
        var outputs = new List<Tensor>();
        var at = 0L;
        foreach (var piece in pieces)
        {
            var context = new SequenceContext { Starts = starts?.narrow(1, at, piece) };
            outputs.Add(mixer.Advance(x.narrow(1, at, piece), context, state));
            at += piece;
        }

        return cat(outputs, 1);
    }

    /// <summary>Advances row r through its first lengths[r] tokens, by different numbers of tokens a row in each piece: [T_r, D] a row.</summary>
    public static IReadOnlyList<Tensor> AdvanceRagged(SequenceMixer mixer, Tensor x, long[] lengths, MixerState state, int seed)
    {
        using var gradients = no_grad();
        var random = new Random(seed);
        var done = new long[lengths.Length];
        var outputs = lengths.Select(_ => new List<Tensor>()).ToArray();
        while (done.Zip(lengths).Any(row => row.First < row.Second))
        {
            var take = lengths.Select((length, row) => Math.Min(length - done[row], random.Next(0, 20))).ToArray();
            var t = Math.Max(1, take.Max()) + random.Next(0, 3);
            var piece = full([lengths.Length, t, x.shape[2]], 7.0, x.dtype);
            for (var row = 0; row < lengths.Length; row++)
                piece[row].narrow(0, 0, take[row]).copy_(x[row].narrow(0, done[row], take[row]));

            var y = mixer.Advance(piece, new SequenceContext { Lengths = take }, state);
            Assert.True(y.isfinite().all().ToBoolean(), "Outputs at padded positions are finite.");
            for (var row = 0; row < lengths.Length; row++)
            {
                outputs[row].Add(y[row].narrow(0, 0, take[row]));
                done[row] += take[row];
            }
        }

        return [.. outputs.Select(row => cat(row, 0))];
    }
}
