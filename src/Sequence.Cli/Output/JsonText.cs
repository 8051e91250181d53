using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sequence.Cli.Output;

/// <summary>JSON on standard output, for machines.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Indented text.</summary>
    public static string Of(JsonNode node) => node.ToJsonString(Indented);

    /// <summary>Writes one document.</summary>
    public static void Write(JsonNode node) => Console.Out.WriteLine(Of(node));
}
