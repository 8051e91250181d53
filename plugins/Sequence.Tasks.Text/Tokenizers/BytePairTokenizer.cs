using System.Collections.Concurrent;
using System.Text;
using Sequence.Components;

namespace Sequence.Tasks.Text.Tokenizers;

/// <summary>Options of the tokenizer <c>gpt2-byte-pair</c>.</summary>
public sealed record BytePairTokenizerOptions
{
    /// <summary>JSON object of tokens and ids (GPT-2's <c>encoder.json</c>), plain or gzip.</summary>
    public required FilePath Vocabulary { get; init; }

    /// <summary>Merges in order of rank, one a line (GPT-2's <c>vocab.bpe</c>), plain or gzip.</summary>
    public required FilePath Merges { get; init; }

    /// <summary>SHA-256 of the vocabulary's file as stored, in hexadecimal; null to trust it.</summary>
    public string? VocabularySha256 { get; init; }

    /// <summary>SHA-256 of the merges' file as stored, in hexadecimal; null to trust it.</summary>
    public string? MergesSha256 { get; init; }
}

/// <summary>
/// Byte-pair encoding over bytes (Radford et al. 2019, <em>Language Models are Unsupervised Multitask Learners</em>): each piece of the
/// text begins as its UTF-8 bytes; the pair of lowest rank merges, leftmost first, until no pair of neighbours has one.
/// </summary>
internal sealed class BytePairTokenizer(BytePairTokenizerOptions options) : ITokenizer
{
    private const int LargestCache = 1 << 20;

    private readonly ConcurrentDictionary<string, long[]> _pieces = new(StringComparer.Ordinal);
    private BytePairTable? _table;

    public int Vocabulary => Table.Tokens.Count;

    private BytePairTable Table => _table ??= BytePairTable.Read(
        new(options.Vocabulary, "vocabulary", options.VocabularySha256), new(options.Merges, "merges", options.MergesSha256));

    public void Fit(IEnumerable<string> texts) => _ = Table;

    public long[] Encode(string text)
    {
        var known = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        var ids = new List<long>(text.Length / 3);
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = BytePairSplit.EndOf(text, start);
            var piece = text.AsSpan(start, end - start);
            if (!known.TryGetValue(piece, out var merged))
            {
                merged = Merge(piece);
                if (_pieces.Count < LargestCache)
                    known.TryAdd(piece, merged);
            }

            ids.AddRange(merged);
        }

        return [.. ids];
    }

    public string Decode(IReadOnlyList<long> ids)
    {
        using var bytes = new MemoryStream();
        foreach (var id in ids)
            bytes.Write(Table.BytesOf(id));
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    public void Save(Stream stream) => new SavedVocabulary(BytePairTokenizerFactory.ComponentName, Table.Tokens, Table.Merges).Write(stream);

    public void Load(Stream stream)
    {
        var saved = SavedVocabulary.Read(stream, BytePairTokenizerFactory.ComponentName);
        _table = new BytePairTable(saved.Tokens, saved.Merges ?? []);
        _pieces.Clear();
    }

    /// <summary>Merges along a linked list of tokens, the candidates in a queue by rank and place: n log n, however long the piece.</summary>
    private long[] Merge(ReadOnlySpan<char> piece)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(piece)];
        Encoding.UTF8.GetBytes(piece, bytes);

        var tokens = Array.ConvertAll(bytes, Table.IdOf);
        var next = new int[tokens.Length];
        var previous = new int[tokens.Length];
        var candidates = new PriorityQueue<(int Left, int LeftToken, int RightToken, int Merged), (int Rank, int Place)>();
        for (var i = 0; i < tokens.Length; i++)
            (previous[i], next[i]) = (i - 1, i + 1);
        for (var i = 0; i + 1 < tokens.Length; i++)
            Offer(i);

        const int Gone = -1;
        while (candidates.TryDequeue(out var pair, out _))
        {
            var right = next[pair.Left];
            if (tokens[pair.Left] != pair.LeftToken || right >= tokens.Length || tokens[right] != pair.RightToken)
                continue;

            (tokens[pair.Left], tokens[right]) = (pair.Merged, Gone);
            next[pair.Left] = next[right];
            if (next[right] < tokens.Length)
                previous[next[right]] = pair.Left;

            if (previous[pair.Left] >= 0)
                Offer(previous[pair.Left]);
            Offer(pair.Left);
        }

        return [.. tokens.Where(token => token != Gone).Select(token => (long)token)];

        void Offer(int left)
        {
            if (next[left] < tokens.Length && Table.TryMerge(tokens[left], tokens[next[left]], out var merge))
                candidates.Enqueue((left, tokens[left], tokens[next[left]], merge.Merged), (merge.Rank, left));
        }
    }
}

/// <summary>Makes <see cref="BytePairTokenizer"/>.</summary>
public sealed class BytePairTokenizerFactory : IComponentFactory<ITokenizer, BytePairTokenizerOptions>
{
    internal const string ComponentName = "gpt2-byte-pair";

    /// <inheritdoc/>
    public string Name => ComponentName;

    /// <inheritdoc/>
    public string Description => "Byte pairs over UTF-8 with GPT-2's pieces (Radford et al. 2019); vocabulary and merges from files.";

    /// <inheritdoc/>
    public ITokenizer Create(BytePairTokenizerOptions options, ComponentContext context) => new BytePairTokenizer(options);
}
