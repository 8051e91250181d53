using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>Rows of a table of absolute positions, one a token, counted from the start of its document.</summary>
internal static class LearnedPositions
{
    /// <summary>
    /// Positions of [B, T] tokens, row after row. Padded positions are 0. <paramref name="seen"/> holds the tokens of the current document
    /// before these, a row each, and moves on by the real ones.
    /// </summary>
    /// <exception cref="ModelException">A position is not below <paramref name="longest"/>; <paramref name="seen"/> is left alone.</exception>
    public static long[] Of(SequenceContext context, long time, long[] seen, long longest)
    {
        var starts = context.Starts is null ? null : Flags(context.Starts);
        var positions = new long[seen.Length * time];
        var next = new long[seen.Length];
        for (var row = 0; row < seen.Length; row++)
        {
            var position = seen[row];
            for (var t = 0L; t < context.LengthOf(row, time); t++)
            {
                if (starts is not null && starts[row * time + t])
                    position = 0;
                Require(position, longest);
                positions[row * time + t] = position++;
            }

            next[row] = position;
        }

        next.CopyTo(seen, 0);
        return positions;
    }

    /// <summary>Refuses a position that is not below <paramref name="longest"/>.</summary>
    /// <exception cref="ModelException">It is not.</exception>
    public static void Require(long position, long longest)
    {
        if (position >= longest)
            throw new ModelException("learnedPositions", $"A sequence is longer than the {longest} learned positions: raise \"learnedPositions\", or cut sequences to {longest} tokens.");
    }

    private static bool[] Flags(Tensor starts)
    {
        using var scope = NewDisposeScope();
        return starts.to(CPU).contiguous().data<bool>().ToArray();
    }
}
