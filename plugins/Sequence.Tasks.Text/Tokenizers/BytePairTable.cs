using System.Text.Json;
using Sequence.Tasks.Text.Reading;

namespace Sequence.Tasks.Text.Tokenizers;

/// <summary>A byte-pair vocabulary: the token of each id, and which pairs of ids merge into which, in order of rank.</summary>
internal sealed class BytePairTable
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> _merges;
    private readonly int[] _idOfByte = new int[256];
    private readonly byte[][] _bytes;

    /// <param name="tokens">Token of each id, in the byte alphabet.</param>
    /// <param name="merges">Pairs parted by a blank, in order of rank.</param>
    /// <exception cref="FormatException">A byte has no token, or a merge is not of two tokens into a third.</exception>
    public BytePairTable(IReadOnlyList<string> tokens, IReadOnlyList<string> merges)
    {
        Tokens = tokens;
        Merges = merges;
        _bytes = [.. tokens.Select(ByteAlphabet.BytesOf)];

        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
            ids[tokens[id]] = id;

        for (var value = 0; value < _idOfByte.Length; value++)
            _idOfByte[value] = Id(ByteAlphabet.CharacterOf((byte)value).ToString());

        _merges = new(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var blank = merges[rank].IndexOf(' ');
            if (blank < 1)
                throw new FormatException($"merge {rank + 1}, '{merges[rank]}', is not two tokens parted by a blank.");
            var (left, right) = (merges[rank][..blank], merges[rank][(blank + 1)..]);
            _merges.TryAdd((Id(left), Id(right)), (rank, Id(left + right)));
        }

        int Id(string token) => ids.TryGetValue(token, out var id) ? id : throw new FormatException($"'{token}' has no id in the vocabulary.");
    }

    /// <summary>Token of each id.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>Pairs in order of rank.</summary>
    public IReadOnlyList<string> Merges { get; }

    /// <summary>The bytes of token <paramref name="id"/>.</summary>
    public byte[] BytesOf(long id) => _bytes[id];

    /// <summary>The id of the token that is byte <paramref name="value"/> alone.</summary>
    public int IdOf(byte value) => _idOfByte[value];

    /// <summary>What a pair merges into, and how soon.</summary>
    public bool TryMerge(int left, int right, out (int Rank, int Merged) merge) => _merges.TryGetValue((left, right), out merge);

    /// <summary>Reads the two files of a byte-pair vocabulary as GPT-2 publishes them.</summary>
    public static BytePairTable Read(TextFile vocabulary, TextFile merges)
    {
        var tokens = vocabulary.Read(reader => ReadTokens(reader, vocabulary.Name));
        var pairs = merges.Read(reader => ReadMerges(reader).ToList());
        try
        {
            return new BytePairTable(tokens, pairs);
        }
        catch (FormatException wrong)
        {
            throw new TaskDataException(merges.Name, $"does not go with {vocabulary.Name}: {wrong.Message}");
        }
    }

    private static string[] ReadTokens(TextReader reader, string file)
    {
        Dictionary<string, int>? ids;
        try
        {
            ids = JsonSerializer.Deserialize<Dictionary<string, int>>(reader.ReadToEnd());
        }
        catch (JsonException malformed)
        {
            throw new TaskDataException(file, (malformed.LineNumber ?? 0) + 1, $"is not a JSON object of tokens and ids: {malformed.Message}");
        }

        var tokens = new string[ids?.Count ?? 0];
        foreach (var (token, id) in ids ?? [])
        {
            if (id < 0 || id >= tokens.Length || tokens[id] is not null)
                throw new TaskDataException(file, $"id {id} of token '{token}' is met twice or is not in 0..{tokens.Length - 1}.");
            tokens[id] = token;
        }

        return tokens;
    }

    private static IEnumerable<string> ReadMerges(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
                yield return line;
        }
    }
}
