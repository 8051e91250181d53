using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sequence.Benchmarks.Measuring;

/// <summary>Rows as JSON.</summary>
internal static class RowFile
{
    private static readonly JsonSerializerOptions Line = new(JsonSerializerOptions.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Page = new(Line) { WriteIndented = true };

    /// <summary>Writes a file that holds all rows, as one array.</summary>
    public static void Write(FileInfo file, IReadOnlyList<Row> rows)
    {
        file.Directory!.Create();
        File.WriteAllText(file.FullName, JsonSerializer.Serialize(rows, Page));
    }

    /// <summary>A row in a line.</summary>
    public static string ToLine(Row row) => JsonSerializer.Serialize(row, Line);

    /// <summary>A row from its line; null where the line is not whole.</summary>
    public static Row? OfLine(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Row>(line, Line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
