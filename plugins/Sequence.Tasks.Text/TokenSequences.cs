namespace Sequence.Tasks.Text;

/// <summary>Token sequences with a class each, end to end in one array.</summary>
internal sealed class TokenSequences : IDataset
{
    private readonly List<int> _ends = [];
    private readonly List<int> _tokens = [];
    private readonly List<int> _classes = [];

    public int Count => _ends.Count;

    public Example this[int index]
    {
        get
        {
            var tokens = new long[LengthOf(index)];
            for (var t = 0; t < tokens.Length; t++)
                tokens[t] = _tokens[StartOf(index) + t];
            return new Example(tokens, [_classes[index]]);
        }
    }

    public int LengthOf(int index) => _ends[index] - StartOf(index);

    /// <summary>Adds a sequence of at least one token.</summary>
    public void Add(ReadOnlySpan<long> tokens, int @class)
    {
        foreach (var token in tokens)
            _tokens.Add((int)token);
        _ends.Add(_tokens.Count);
        _classes.Add(@class);
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];
}
