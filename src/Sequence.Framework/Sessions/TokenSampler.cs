using Sequence.Tasks;

namespace Sequence.Framework.Sessions;

/// <summary>
/// Draws a token from logits: repeated tokens penalised, p = softmax(logits / temperature), cut to the K likeliest, then to the nucleus of mass P (Holtzman et al.
/// 2020, <em>The Curious Case of Neural Text Degeneration</em>) of what is left, then to those not far below the likeliest, then renormalised. Ties keep the order of ids. The random
/// stream is a function of its seed and of how often was drawn.
/// </summary>
internal sealed class TokenSampler
{
    private SplitMix _random;
    private float[] _scores = [];
    private (int Id, double Weight)[] _tokens = [];

    /// <summary>The stream of a seed, from where it stood after <paramref name="drawn"/> draws.</summary>
    public TokenSampler(long seed, long drawn = 0)
    {
        (Seed, Drawn, _random) = (seed, drawn, new SplitMix(seed, 0));
        _random.Skip(drawn);
    }

    /// <summary>Seed of the stream.</summary>
    public long Seed { get; }

    /// <summary>Random numbers that were drawn from it.</summary>
    public long Drawn { get; private set; }

    /// <summary>The next token.</summary>
    /// <param name="logits">[C].</param>
    /// <param name="options">How it is chosen.</param>
    /// <param name="recent">Tokens before it.</param>
    public long Draw(ReadOnlySpan<float> logits, GenerationOptions options, RecentTokens recent)
    {
        var scores = Penalised(logits, options, recent);
        var likeliest = Likeliest(scores);
        if (options.Temperature == 0)
            return likeliest;

        var tokens = Cut(Weighed(scores, scores[likeliest], options.Temperature), options);
        var sum = 0.0;
        foreach (var (_, weight) in tokens)
            sum += weight;
        var rest = Uniform() * sum;
        foreach (var (id, weight) in tokens)
        {
            rest -= weight;
            if (rest < 0)
                return id;
        }

        return likeliest;
    }

    private ReadOnlySpan<float> Penalised(ReadOnlySpan<float> logits, GenerationOptions options, RecentTokens recent)
    {
        if (options.RepetitionPenalty == 1)
            return logits;
        if (_scores.Length != logits.Length)
            _scores = new float[logits.Length];
        logits.CopyTo(_scores);
        foreach (var id in recent.Last(options.RepetitionWindow).Where(id => id >= 0 && id < _scores.Length).Distinct())
            _scores[id] = (float)(_scores[id] > 0 ? _scores[id] / options.RepetitionPenalty : _scores[id] * options.RepetitionPenalty);
        return _scores;
    }

    /// <summary>Tokens with exp((logit - largest) / temperature).</summary>
    private Span<(int Id, double Weight)> Weighed(ReadOnlySpan<float> scores, double largest, double temperature)
    {
        if (_tokens.Length != scores.Length)
            _tokens = new (int, double)[scores.Length];
        for (var id = 0; id < scores.Length; id++)
            _tokens[id] = (id, Math.Exp((scores[id] - largest) / temperature));
        return _tokens;
    }

    private static Span<(int Id, double Weight)> Cut(Span<(int Id, double Weight)> tokens, GenerationOptions options)
    {
        if (options.TopK is null && options.TopP is null && options.MinP is null)
            return tokens;

        tokens.Sort((one, other) => one.Weight != other.Weight ? other.Weight.CompareTo(one.Weight) : one.Id.CompareTo(other.Id));
        tokens = tokens[..Math.Min(options.TopK ?? tokens.Length, tokens.Length)];
        if (options.TopP is { } mass)
            tokens = tokens[..Nucleus(tokens, mass)];

        // the likeliest has weight 1
        var count = tokens.Length;
        while (count > 1 && tokens[count - 1].Weight < options.MinP)
            count--;
        return tokens[..count];
    }

    private static int Nucleus(ReadOnlySpan<(int Id, double Weight)> tokens, double mass)
    {
        var all = 0.0;
        foreach (var (_, weight) in tokens)
            all += weight;
        var count = 0;
        for (var sum = 0.0; count < tokens.Length && sum < mass * all; count++)
            sum += tokens[count].Weight;
        return Math.Max(1, count);
    }

    private static int Likeliest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var id = 1; id < scores.Length; id++)
        {
            if (scores[id] > scores[best])
                best = id;
        }

        return best;
    }

    /// <summary>53 random bits as a number in [0, 1).</summary>
    private double Uniform()
    {
        Drawn++;
        return (_random.Next() >> 11) * (1.0 / (1L << 53));
    }
}
