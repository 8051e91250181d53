namespace Sequence.Framework.Sessions;

/// <summary>The last tokens of a stream, a bounded number of them: what a repetition penalty looks back on.</summary>
internal sealed class RecentTokens
{
    /// <summary>Most tokens that are remembered.</summary>
    public const int Longest = 4_096;

    private readonly List<long> _tokens = [];

    /// <summary>First to last.</summary>
    public IReadOnlyList<long> Tokens => _tokens;

    /// <summary>Takes tokens in.</summary>
    public void Add(IEnumerable<long> tokens)
    {
        _tokens.AddRange(tokens);
        Trim(Longest);
    }

    /// <summary>Takes a token in.</summary>
    public void Add(long token)
    {
        // now and then, so that a token costs no move of all
        _tokens.Add(token);
        if (_tokens.Count >= 2 * Longest)
            Trim(Longest);
    }

    /// <summary>The last tokens, at most so many.</summary>
    public IEnumerable<long> Last(int count) => _tokens.Skip(_tokens.Count - Math.Min(count, Longest));

    private void Trim(int count)
    {
        if (_tokens.Count > count)
            _tokens.RemoveRange(0, _tokens.Count - count);
    }
}
