using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Framework.Training;
using Sequence.Harness.Reports;

namespace Sequence.Harness.Decoding;

/// <summary>
/// The files that a benchmark leaves: <c>report.md</c> for people, <c>results.csv</c> to be drawn, <c>results.json</c> for programs. One row is a contender at a
/// position; a figure that does not exist is null, empty or a dash.
/// </summary>
public static class DecodeReport
{
    /// <summary>Name and version of the layout of <c>results.json</c>.</summary>
    public const string Schema = "sequence-decoding/1";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes them, each atomically.</summary>
    public static void Save(string folder, DecodeResults results)
    {
        Write(ComparisonReport.Markdown, Markdown(results));
        Write(ComparisonReport.Csv, Csv(results));
        Write(ComparisonReport.Json, Node(results).ToJsonString(Indented) + "\n");

        void Write(string name, string text) => AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The rows for machines, ready to be drawn.</summary>
    public static JsonArray Rows(DecodeResults results) => new([.. results.Rows.Select(row => new JsonObject
    {
        ["mixer"] = row.Contender.Mixer,
        ["policy"] = row.Contender.PolicyName,
        ["position"] = row.Position,
        ["msPerToken"] = Number(row.MsPerToken),
        ["stateBytes"] = row.Held.StateBytes,
        ["reservedBytes"] = row.Held.ReservedBytes,
        ["processBytes"] = row.Held.ProcessBytes,
        ["medianMsPerToken"] = Number(row.MedianMsPerToken),
        ["tokensPerSecond"] = Number(row.TokensPerSecond),
        ["step"] = row.Step.Form,
        ["whyNotInPlace"] = row.Step.WhyNotFused,
    })]);

    /// <summary>Time a token by position, contender by contender, as shown when a benchmark ends.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Times(DecodeResults results) => Pivot(
        results, "ms a token at", row => row.MsPerToken.ToString("0.0000", CultureInfo.InvariantCulture), rows => Ratio(rows, row => row.MsPerToken), "last / first");

    /// <summary>The whole of <c>results.json</c>.</summary>
    private static JsonObject Node(DecodeResults results) => new()
    {
        ["schema"] = Schema,
        ["name"] = results.Setup.Name,
        ["command"] = results.Command,
        ["rows"] = Rows(results),
        ["turns"] = new JsonArray([.. results.Rows.Select(row => new JsonObject
        {
            ["mixer"] = row.Contender.Mixer,
            ["policy"] = row.Contender.PolicyName,
            ["position"] = row.Position,
            ["msPerToken"] = new JsonArray([.. row.Turns.Select(Number)]),
        })]),
        ["brokenLaws"] = new JsonArray([.. results.BrokenLaws.Select(broken => (JsonNode)$"{broken.Model}: {broken.Text}")]),
        ["environment"] = results.Environment.DeepClone(),
        ["config"] = results.Setup.Config.DeepClone(),
    };

    private static string Csv(DecodeResults results)
    {
        var text = new StringBuilder("mixer,policy,position,ms_per_token,state_bytes,reserved_bytes,process_bytes,median_ms_per_token,tokens_per_second\n");
        foreach (var row in results.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Quoted(row.Contender.Mixer)},{Quoted(row.Contender.PolicyName ?? "")},{row.Position},{row.MsPerToken},");
            text.Append(CultureInfo.InvariantCulture, $"{row.Held.StateBytes},{row.Held.ReservedBytes},{row.Held.ProcessBytes},{row.MedianMsPerToken},{row.TokensPerSecond}\n");
        }

        return text.ToString();
    }

    private static string Markdown(DecodeResults results)
    {
        var (text, options) = (new StringBuilder(), results.Setup.Options);
        text.Append($"# Decoding: {results.Setup.Name}\n\n");
        if (options.Note is { } note)
            text.Append($"{note}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Batch of {options.Batch}. Times are means over {options.Tokens:N0} tokens from each position on, taken in turns of {options.Turn}: every contender at every position takes one, then all take the next.\n\n");

        text.Append("## Time by position\n\n").Table(Times(results));
        text.Append("Medians over the turns, which a passing load of the machine leaves alone:\n\n").Table(Pivot(
            results, "ms a token at", row => row.MedianMsPerToken.ToString("0.0000", CultureInfo.InvariantCulture), rows => Ratio(rows, row => row.MedianMsPerToken), "last / first"));
        Chart(text, results);
        text.Append("## State by position\n\nBytes of the tensors that the state lists, over all layers:\n\n")
            .Table(Pivot(results, "bytes at", row => Amount.Count(row.Held.StateBytes), rows => Ratio(rows, row => row.Held.StateBytes), "last / first"));
        text.Append("Bytes beside them, room to grow and rotated keys (reserved), and what the process has grown by since there was no state (process), which counts both and what the allocator keeps:\n\n")
            .Table(
            [
                ["contender", "position", "state", "reserved", "process"],
                .. results.Rows.Select(IReadOnlyList<string> (row) =>
                    [$"{row.Contender}", Amount.Count(row.Position), Amount.Count(row.Held.StateBytes), Amount.Count(row.Held.ReservedBytes), Amount.Count(row.Held.ProcessBytes)]),
            ]);
        text.Append("## Models\n\n").Table(
        [
            ["contender", "parameters", "steps"],
            .. results.ByContender.Select(IReadOnlyList<string> (rows) =>
                [$"{rows[0].Contender}", Amount.Count(results.Setup.Parameters[rows[0].Contender]), Words(rows[0])]),
        ]);
        if (results.BrokenLaws.Count > 0)
        {
            text.Append("## Broken laws\n\nThe figures of these models mean less than they seem to: their mixers do not do what a mixer must.\n\n");
            foreach (var broken in results.BrokenLaws)
                text.Append($"- {broken.Model}: {MarkdownText.OneLine(broken.Text)}\n");
            text.Append('\n');
        }

        text.Append("## Environment\n\n").Table([["what", "value"], .. MarkdownText.Flat(results.Environment.AsObject())]);
        text.Append($"## Command\n\n```\n{results.Command}\n```\n\n## Configuration\n\n```json\n{results.Setup.Config.ToJsonString(Indented)}\n```\n");
        return text.ToString();
    }

    /// <summary>Bars of the last position: long ones are slow.</summary>
    private static void Chart(StringBuilder text, DecodeResults results)
    {
        const int Width = 50;
        var last = results.ByContender.Select(rows => rows[^1]).ToList();
        var (longest, most) = (last.Max(row => $"{row.Contender}".Length), last.Max(row => row.MedianMsPerToken));
        text.Append(CultureInfo.InvariantCulture, $"Median time of a token at {last[0].Position:N0}:\n\n```\n");
        foreach (var row in last)
        {
            var bar = new string('#', double.IsFinite(most) ? (int)Math.Ceiling(Width * row.MedianMsPerToken / most) : 0);
            text.Append(CultureInfo.InvariantCulture, $"{$"{row.Contender}".PadRight(longest)}  {bar} {row.MedianMsPerToken:0.0000}\n");
        }

        text.Append("```\n\n");
    }

    private static string Words(DecodeRow row) => row.Step.WhyNotFused is { } reason ? $"{row.Step.Form}: {reason}" : row.Step.Form;

    /// <summary>A row a contender, a column a position, and one more at the end.</summary>
    private static IReadOnlyList<IReadOnlyList<string>> Pivot(
        DecodeResults results, string title, Func<DecodeRow, string> cell, Func<IReadOnlyList<DecodeRow>, string> end, string endTitle) =>
    [
        ["contender", .. results.Setup.Options.Positions.Select(position => $"{title} {Amount.Count(position)}"), endTitle],
        .. results.ByContender.Select(IReadOnlyList<string> (rows) => [$"{rows[0].Contender}", .. rows.Select(cell), end(rows)]),
    ];

    private static string Ratio(IReadOnlyList<DecodeRow> rows, Func<DecodeRow, double> figure) =>
        (figure(rows[^1]) / figure(rows[0])).ToString("0.00", CultureInfo.InvariantCulture);

    private static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
