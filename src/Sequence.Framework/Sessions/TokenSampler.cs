using Sequence.Tasks;

namespace Sequence.Framework.Sessions;

/// <summary>
/// Draws a token from logits: p = softmax(logits / temperature), cut to the K likeliest, then to the nucleus of mass P (Holtzman et al. 2020,
/// <em>The Curious Case of Neural Text Degeneration</em>), then renormalised. Ties keep the order of ids.
/// </summary>
internal sealed class TokenSampler(GenerationOptions options)
{
    private SplitMix _random = new(options.Seed, 0);

    /// <summary>The next token.</summary>
    public long Draw(ReadOnlySpan<float> logits)
    {
        var likeliest = Likeliest(logits);
        if (options.Temperature == 0)
            return likeliest;

        var largest = (double)logits[likeliest];
        var tokens = new (int Id, double Weight)[logits.Length];
        for (var id = 0; id < logits.Length; id++)
            tokens[id] = (id, Math.Exp((logits[id] - largest) / options.Temperature));

        if (options.TopK is not null || options.TopP is not null)
            tokens = Cut(tokens);

        var rest = Uniform() * tokens.Sum(token => token.Weight);
        foreach (var (id, weight) in tokens)
        {
            rest -= weight;
            if (rest < 0)
                return id;
        }

        return likeliest;
    }

    private (int Id, double Weight)[] Cut((int Id, double Weight)[] tokens)
    {
        (int Id, double Weight)[] kept = [.. tokens.OrderByDescending(token => token.Weight).ThenBy(token => token.Id).Take(options.TopK ?? tokens.Length)];
        if (options.TopP is not { } mass)
            return kept;

        var needed = mass * kept.Sum(token => token.Weight);
        var count = 0;
        for (var sum = 0.0; count < kept.Length && sum < needed; count++)
            sum += kept[count].Weight;
        return kept[..Math.Max(1, count)];
    }

    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var id = 1; id < logits.Length; id++)
        {
            if (logits[id] > logits[best])
                best = id;
        }

        return best;
    }

    /// <summary>53 random bits as a number in [0, 1).</summary>
    private double Uniform() => (_random.Next() >> 11) * (1.0 / (1L << 53));
}
