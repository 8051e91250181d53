using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sequence.Framework.Training;

/// <summary>How the files of a run are written: camel case, numbers exactly, and NaN and infinities by name.</summary>
internal static class RunJson
{
    /// <summary>One object a line.</summary>
    public static JsonSerializerOptions Line { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>For people to read.</summary>
    public static JsonSerializerOptions Page { get; } = new(Line) { WriteIndented = true };

    /// <summary>Writes a file at once or not at all.</summary>
    public static void Write<T>(string path, T value) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, value, Page));

    /// <summary>What <see cref="Write"/> would write.</summary>
    public static JsonObject Node<T>(T value) => JsonSerializer.SerializeToNode(value, Page)!.AsObject();

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is not what <see cref="Write"/> writes.</exception>
    public static T Read<T>(string path)
        where T : class
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(stream, Page) ?? throw new InvalidDataException($"{path}: is null.");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"{path}: {malformed.Message}", malformed);
        }
    }
}
