using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Sequence.Components;

namespace Sequence.Tasks.Text.Tokenizers;

/// <summary>Where one word ends and the next begins.</summary>
public enum WordSplit
{
    /// <summary>Runs of letters, digits and underscores are words, and so is each other character that is not white space.</summary>
    Punctuation,

    /// <summary>White space alone, for text that is tokenised already, such as WikiText.</summary>
    Whitespace,
}

/// <summary>Options of the tokenizer <c>word</c>.</summary>
public sealed record WordTokenizerOptions
{
    /// <summary>Where words end.</summary>
    public WordSplit Split { get; init; } = WordSplit.Punctuation;

    /// <summary>The word that a line end becomes, in training texts and prompts alike, such as <c>&lt;eos&gt;</c> for WikiText; null where line ends are white space.</summary>
    public string? EndOfLine { get; init; }

    /// <summary>Whether letter case is dropped.</summary>
    public bool LowerCase { get; init; }

    /// <summary>Most ids, the one for unknown words included; null for all words.</summary>
    [Range(2, int.MaxValue)]
    public int? MaxVocabulary { get; init; }

    /// <summary>Times that a word must occur in the training texts to have an id.</summary>
    [Range(1, int.MaxValue)]
    public int MinCount { get; init; } = 1;
}

/// <summary>One token a word: id 0 is <c>&lt;unk&gt;</c>, then the words of the training texts by falling count, equal counts in ordinal order.</summary>
internal sealed partial class WordTokenizer(WordTokenizerOptions options) : ITokenizer
{
    public const string Unknown = "<unk>";

    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);
    private string[] _words = [];

    public int Vocabulary => _words.Length;

    public void Fit(IEnumerable<string> texts)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            var plain = Plain(text);
            foreach (var word in Words(plain))
                CollectionsMarshal.GetValueRefOrAddDefault(bySpan, plain.AsSpan(word), out _)++;
        }

        counts.Remove(Unknown);
        var words = counts.Where(word => word.Value >= options.MinCount)
            .OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal)
            .Select(word => word.Key);
        Use([Unknown, .. options.MaxVocabulary is { } most ? words.Take(most - 1) : words]);
    }

    public long[] Encode(string text)
    {
        var plain = Plain(text);
        var bySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var ids = new List<long>();
        foreach (var word in Words(plain))
            ids.Add(bySpan.TryGetValue(plain.AsSpan(word), out var id) ? id : 0);
        return [.. ids];
    }

    public string Decode(IReadOnlyList<long> ids) => string.Join(' ', ids.Select(id => _words[id]));

    public void Save(Stream stream) => new SavedVocabulary(WordTokenizerFactory.ComponentName, _words).Write(stream);

    public void Load(Stream stream) => Use([.. SavedVocabulary.Read(stream, WordTokenizerFactory.ComponentName).Tokens]);

    [GeneratedRegex(@"\w+|[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\w\s]")]
    private static partial Regex PunctuationWords();

    [GeneratedRegex(@"\S+")]
    private static partial Regex WhitespaceWords();

    private IEnumerable<Range> Words(string text)
    {
        var pattern = options.Split == WordSplit.Whitespace ? WhitespaceWords() : PunctuationWords();
        for (var match = pattern.Match(text); match.Success; match = match.NextMatch())
            yield return match.Index..(match.Index + match.Length);
    }

    /// <summary>The text with its line ends marked, in the case that words are kept in.</summary>
    private string Plain(string text)
    {
        if (options.EndOfLine is { } mark)
            text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", $" {mark} ", StringComparison.Ordinal);
        return options.LowerCase ? text.ToLowerInvariant() : text;
    }

    private void Use(string[] words)
    {
        _words = words;
        _ids.Clear();
        for (var id = 0; id < words.Length; id++)
            _ids[words[id]] = id;
    }
}

/// <summary>Makes <see cref="WordTokenizer"/>.</summary>
public sealed class WordTokenizerFactory : IComponentFactory<ITokenizer, WordTokenizerOptions>
{
    internal const string ComponentName = "word";

    /// <inheritdoc/>
    public string Name => ComponentName;

    /// <inheritdoc/>
    public string Description => "One token a word, learned from the training texts by count; one id for words without one.";

    /// <inheritdoc/>
    public ITokenizer Create(WordTokenizerOptions options, ComponentContext context) => new WordTokenizer(options);
}
