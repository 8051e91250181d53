using Sequence.Kernels;
using Sequence.Kernels.Losses;
using Sequence.Mixers;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>Examples as tensors, padded on the right to the longest. Lives in the scope that it was made in.</summary>
internal sealed class Batch
{
    private Batch(Tensor inputs, Tensor targets, SequenceContext context, long tokenCount, long targetCount) =>
        (Inputs, Targets, Context, TokenCount, TargetCount) = (inputs, targets, context, tokenCount, targetCount);

    /// <summary>[B, T] int64.</summary>
    public Tensor Inputs { get; }

    /// <summary>[B] or [B, T] int64, padding being <see cref="Example.Ignored"/>.</summary>
    public Tensor Targets { get; }

    /// <summary>How long each row is.</summary>
    public SequenceContext Context { get; }

    /// <summary>Tokens without padding.</summary>
    public long TokenCount { get; }

    /// <summary>Targets that are scored.</summary>
    public long TargetCount { get; }

    /// <summary>Gathers the chosen examples.</summary>
    public static Batch Of(IDataset examples, IReadOnlyList<int> chosen, TargetKind kind, Device device)
    {
        var rows = chosen.Select(index => examples[index]).ToList();
        var (B, T) = (rows.Count, rows.Max(row => row.Tokens.Length));
        var width = kind == TargetKind.Token ? T : 1;
        var inputs = new long[B * T];
        var targets = new long[B * width];
        Array.Fill(targets, Example.Ignored);
        for (var b = 0; b < B; b++)
        {
            rows[b].Tokens.CopyTo(inputs, b * T);
            rows[b].Targets.CopyTo(targets, b * width);
        }

        var context = rows.TrueForAll(row => row.Tokens.Length == T)
            ? SequenceContext.Dense
            : new SequenceContext { Lengths = [.. rows.Select(row => (long)row.Tokens.Length)] };
        return new Batch(
            tensor(inputs, [B, T]).SentTo(device),
            (kind == TargetKind.Token ? tensor(targets, [B, T]) : tensor(targets)).SentTo(device),
            context,
            rows.Sum(row => (long)row.Tokens.Length),
            targets.LongCount(target => target != Example.Ignored));
    }

    /// <summary>Cross-entropy of logits [B, C] or [B, T, C], in nats: the sum over scored targets, or their mean.</summary>
    public Tensor Loss(Tensor logits, nn.Reduction reduction) =>
        CrossEntropy.Run(logits.reshape(-1, logits.shape[^1]), Targets.reshape(-1), reduction, Example.Ignored);
}
