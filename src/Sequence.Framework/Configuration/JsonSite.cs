using System.Text.Json;

namespace Sequence.Framework.Configuration;

/// <summary>
/// A JSON value's place: its key, kind and line, in the order written. Microsoft.Extensions.Configuration keeps the values of a file but
/// none of these, and people need all of them.
/// </summary>
/// <param name="Key">Key in the object, or index in the array, around it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Children">Members or items.</param>
internal sealed record JsonSite(string Key, ConfigKind Kind, int Line, IReadOnlyList<JsonSite> Children)
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a whole document, an object at its root.</summary>
    /// <exception cref="ConfigurationException">It is not JSON, its root is no object, or a key stands twice or cannot be used.</exception>
    public static JsonSite Read(ReadOnlySpan<byte> json, string source)
    {
        try
        {
            var lines = new LineCounter(json);
            var reader = new Utf8JsonReader(json, Options);
            reader.Read();
            var root = Value(ref reader, ref lines, "", "$", source);
            while (reader.Read())
            {
                // what follows the root is an error that the reader raises
            }

            return root.Kind == ConfigKind.Object
                ? root
                : throw Problem(source, "$", root.Line, "the file must hold an object: { ... }.");
        }
        catch (JsonException malformed)
        {
            var line = (int)(malformed.LineNumber ?? 0) + 1;
            var said = malformed.Message.Split(" LineNumber:")[0];
            throw Problem(source, "$", line, $"malformed JSON at line {line}, column {(malformed.BytePositionInLine ?? 0) + 1}: {said}");
        }
    }

    private static JsonSite Value(ref Utf8JsonReader reader, ref LineCounter lines, string key, string path, string source)
    {
        var line = lines.At(reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => new(key, ConfigKind.Object, line, Members(ref reader, ref lines, path, source)),
            JsonTokenType.StartArray => new(key, ConfigKind.List, line, Items(ref reader, ref lines, path, source)),
            JsonTokenType.String => new(key, ConfigKind.String, line, []),
            JsonTokenType.Number => new(key, ConfigKind.Number, line, []),
            JsonTokenType.True or JsonTokenType.False => new(key, ConfigKind.Boolean, line, []),
            _ => new(key, ConfigKind.Null, line, []),
        };
    }

    private static List<JsonSite> Members(ref Utf8JsonReader reader, ref LineCounter lines, string path, string source)
    {
        List<JsonSite> members = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            var line = lines.At(reader.TokenStartIndex);
            if (key.Length == 0 || key.Contains(':', StringComparison.Ordinal))
                throw Problem(source, path, line, $"the key \"{key}\" cannot be used: a key is not empty and has no colon.");
            if (members.Find(member => string.Equals(member.Key, key, StringComparison.OrdinalIgnoreCase)) is { } earlier)
                throw Problem(source, $"{path}.{key}", line, $"the key stands twice: as \"{earlier.Key}\" on line {earlier.Line} and here.");
            reader.Read();
            members.Add(Value(ref reader, ref lines, key, $"{path}.{key}", source));
        }

        return members;
    }

    private static List<JsonSite> Items(ref Utf8JsonReader reader, ref LineCounter lines, string path, string source)
    {
        List<JsonSite> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Value(ref reader, ref lines, $"{items.Count}", $"{path}[{items.Count}]", source));
        return items;
    }

    private static ConfigurationException Problem(string source, string path, int line, string message) =>
        new(new ConfigurationProblem(source, path, message) { Line = line });

    /// <summary>Line of each offset, asked for in rising order.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _offset;
        private int _line = 1;

        public int At(long offset)
        {
            _line += _text[_offset..(int)offset].Count((byte)'\n');
            _offset = (int)offset;
            return _line;
        }
    }
}
