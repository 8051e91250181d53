using Sequence.Tasks;

namespace Sequence.Framework.Sessions;

/// <summary>One text as it comes: which tokens were drawn for it, by what stream of chance, and how they read.</summary>
internal sealed class TextStream
{
    private readonly ITokenizer _tokenizer;
    private readonly PieceDecoder _decoder;
    private readonly RecentTokens _recent = new();
    private readonly List<long> _untaken = [];

    private TokenSampler _sampler;
    private GenerationOptions _options = new();
    private StopTexts _stops = new([]);
    private int _left;

    /// <summary>A new text.</summary>
    public TextStream(ITokenizer tokenizer, long seed)
    {
        _tokenizer = tokenizer;
        _decoder = new PieceDecoder(tokenizer);
        _sampler = new TokenSampler(seed);
    }

    /// <summary>A text that goes on.</summary>
    public TextStream(ITokenizer tokenizer, SavedText saved)
    {
        _tokenizer = tokenizer;
        _decoder = new PieceDecoder(tokenizer) { State = saved.Decoder };
        _sampler = new TokenSampler(saved.Seed, saved.Drawn);
        _recent.Add(saved.Recent);
        _untaken.AddRange(saved.Untaken);
        _stops = new StopTexts([], saved.Held);
    }

    /// <summary>Tokens of the text that the model has not taken in yet: the one drawn last, a prompt or what is left of it.</summary>
    public IReadOnlyList<long> Untaken => _untaken;

    /// <summary>Why the text ended; null while it goes on.</summary>
    public GenerationEnd? End { get; private set; }

    /// <summary>Where it stands.</summary>
    public SavedText Saved => new(_sampler.Seed, _sampler.Drawn, [.. _untaken], [.. _recent.Last(RecentTokens.Longest)], _decoder.State, _stops.Held);

    /// <summary>An independent copy.</summary>
    public TextStream Fork() => new(_tokenizer, Saved);

    /// <summary>Begins to go on from a prompt.</summary>
    public void Begin(long[] prompt, GenerationOptions options)
    {
        (_options, _left, End) = (options, options.MaxTokens, null);
        // what was held back comes with what follows, unless a prompt does
        _stops = new StopTexts(options.StopTexts, prompt.Length == 0 ? _stops.Held : "");
        if (options.Seed is { } seed)
            _sampler = new TokenSampler(seed);

        // without a prompt the text goes on, even within a character
        if (prompt.Length > 0)
            _decoder.Follow(prompt);
        _recent.Add(prompt);
        _untaken.AddRange(prompt);
    }

    /// <summary>The model has taken in so many more tokens.</summary>
    public void Take(int count) => _untaken.RemoveRange(0, count);

    /// <summary>Draws the next token, and gives what may be shown now.</summary>
    /// <param name="logits">After all tokens before it, [C].</param>
    public string Draw(ReadOnlySpan<float> logits)
    {
        var token = _sampler.Draw(logits, _options, _recent);
        _untaken.Add(token);
        _recent.Add(token);
        if (_options.StopTokens.Contains(token))
        {
            End = GenerationEnd.StopToken;
            return _stops.Rest();
        }

        var piece = _stops.Pass(_decoder.Add(token));
        if (_stops.Found)
            End = GenerationEnd.StopText;
        else if (--_left == 0)
            End = GenerationEnd.Length;
        return End == GenerationEnd.Length ? piece + _stops.Rest() : piece;
    }
}
