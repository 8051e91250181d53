using System.Text;
using Sequence.Components;

namespace Sequence.Tasks.Text.Tokenizers;

/// <summary>The tokenizer <c>character</c> has no options.</summary>
public sealed record CharacterTokenizerOptions;

/// <summary>One token a character (Unicode scalar value): those of the training texts in code order, after one id for all others.</summary>
internal sealed class CharacterTokenizer : ITokenizer
{
    private const int Unknown = 0;

    private readonly Dictionary<Rune, long> _ids = [];
    private Rune[] _characters = [];

    public int Vocabulary => _characters.Length;

    public void Fit(IEnumerable<string> texts)
    {
        var seen = new HashSet<Rune>();
        foreach (var text in texts)
        {
            foreach (var character in text.EnumerateRunes())
                seen.Add(character);
        }

        seen.Remove(Rune.ReplacementChar);
        Use([Rune.ReplacementChar, .. seen.Order()]);
    }

    public long[] Encode(string text)
    {
        var ids = new List<long>(text.Length);
        foreach (var character in text.EnumerateRunes())
            ids.Add(_ids.GetValueOrDefault(character, Unknown));
        return [.. ids];
    }

    public string Decode(IReadOnlyList<long> ids)
    {
        var text = new StringBuilder(ids.Count);
        foreach (var id in ids)
            text.Append(_characters[id].ToString());
        return text.ToString();
    }

    public void Save(Stream stream) =>
        new SavedVocabulary(CharacterTokenizerFactory.ComponentName, [.. _characters.Select(character => character.ToString())]).Write(stream);

    public void Load(Stream stream) =>
        Use([.. SavedVocabulary.Read(stream, CharacterTokenizerFactory.ComponentName).Tokens.Select(token => Rune.GetRuneAt(token, 0))]);

    private void Use(Rune[] characters)
    {
        _characters = characters;
        _ids.Clear();
        for (var id = 0; id < characters.Length; id++)
            _ids[characters[id]] = id;
    }
}

/// <summary>Makes <see cref="CharacterTokenizer"/>.</summary>
public sealed class CharacterTokenizerFactory : IComponentFactory<ITokenizer, CharacterTokenizerOptions>
{
    internal const string ComponentName = "character";

    /// <inheritdoc/>
    public string Name => ComponentName;

    /// <inheritdoc/>
    public string Description => "One token a character, learned from the training texts; one id for characters not met there.";

    /// <inheritdoc/>
    public ITokenizer Create(CharacterTokenizerOptions options, ComponentContext context) => new CharacterTokenizer();
}
