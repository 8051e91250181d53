using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sequence.Tasks.Text.Tokenizers;

/// <summary>A tokenizer as a file keeps it: <c>tokenizer.json</c> of a run.</summary>
/// <param name="Tokenizer">The component's name.</param>
/// <param name="Tokens">Token of each id; empty where the ids are bytes.</param>
/// <param name="Merges">Byte pairs in order of rank; null for other tokenizers.</param>
internal sealed record SavedVocabulary(string Tokenizer, IReadOnlyList<string> Tokens, IReadOnlyList<string>? Merges = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes it as JSON in UTF-8.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, Json);

    /// <summary>Reads what <see cref="Write"/> wrote for the tokenizer <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">It is not a saved tokenizer, or another one.</exception>
    public static SavedVocabulary Read(Stream stream, string name)
    {
        SavedVocabulary? saved;
        try
        {
            saved = JsonSerializer.Deserialize<SavedVocabulary>(stream, Json);
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"This is not a saved tokenizer: {malformed.Message}", malformed);
        }

        if (saved is not { Tokenizer: not null, Tokens: not null })
            throw new InvalidDataException("This is not a saved tokenizer: 'tokenizer' or 'tokens' is missing.");
        if (saved.Tokenizer != name)
            throw new InvalidDataException($"This is a saved tokenizer '{saved.Tokenizer}', not '{name}'.");
        return saved;
    }
}
