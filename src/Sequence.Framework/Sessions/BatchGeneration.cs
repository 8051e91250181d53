using Sequence.Framework.Models;
using Sequence.Tasks;

namespace Sequence.Framework.Sessions;

/// <summary>Several texts in one batch, from ragged prompts to the last of them that ends.</summary>
internal static class BatchGeneration
{
    /// <summary>Pieces as they come.</summary>
    /// <param name="model">The model of all.</param>
    /// <param name="tokenizer">Reads their tokens.</param>
    /// <param name="prompts">One a text.</param>
    /// <param name="options">Of the session; text r has the seed of them plus r.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    public static IEnumerable<GeneratedPiece> Run(
        SequenceModel model, ITokenizer tokenizer, IReadOnlyList<long[]> prompts, SessionOptions options, CancellationToken cancellation)
    {
        using var session = model.StartSession(options, prompts.Count);
        var generation = options.Generation with { Seed = null };
        var seed = options.Generation.Seed ?? options.Seed;
        List<(int Row, TextStream Text)> going = [.. prompts.Select((_, row) => (row, new TextStream(tokenizer, seed + row)))];
        foreach (var (row, text) in going)
            text.Begin(prompts[row], generation);

        session.Prefill(prompts, cancellation);
        while (true)
        {
            for (var at = 0; at < going.Count; at++)
            {
                var (row, text) = going[at];
                text.Take(text.Untaken.Count);
                var piece = text.Draw(session.Logits(at));
                if (piece.Length > 0 || text.End is not null)
                    yield return new GeneratedPiece(row, piece, text.End);
            }

            int[] left = [.. Enumerable.Range(0, going.Count).Where(at => going[at].Text.End is null)];
            if (left.Length == 0)
                yield break;
            if (left.Length < going.Count)
            {
                session.Keep(left);
                going = [.. left.Select(at => going[at])];
            }

            cancellation.ThrowIfCancellationRequested();
            session.Step([.. going.Select(each => each.Text.Untaken[^1])]);
        }
    }
}
