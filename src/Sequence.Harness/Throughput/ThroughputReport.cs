using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Framework.Training;
using Sequence.Harness.Reports;

namespace Sequence.Harness.Throughput;

/// <summary>The files that a benchmark leaves: <c>report.md</c> for people and <c>results.json</c> for programs. A figure that does not exist is null, or in words why.</summary>
public static class ThroughputReport
{
    /// <summary>Name and version of the layout of <c>results.json</c>.</summary>
    public const string Schema = "sequence-throughput/1";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes them, each atomically.</summary>
    public static void Save(string folder, ThroughputResults results)
    {
        Write(ComparisonReport.Markdown, Markdown(results));
        Write(ComparisonReport.Json, Node(results).ToJsonString(Indented) + "\n");

        void Write(string name, string text) => AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The rows for machines, ready to be drawn.</summary>
    public static JsonArray Rows(ThroughputResults results) => new([.. results.Rows.Select(row => new JsonObject
    {
        ["model"] = row.Model,
        ["length"] = row.Length,
        ["rows"] = row.Rows,
        ["pass"] = Words(row.Pass),
        ["medianMs"] = row.MedianMs,
        ["tokensPerSecond"] = row.TokensPerSecond,
        ["peakBytes"] = row.PeakBytes,
        ["milliseconds"] = new JsonArray([.. row.Milliseconds.Select(value => (JsonNode)value)]),
        ["forms"] = row.Forms,
        ["failed"] = row.Failed,
    })]);

    /// <summary>Tokens a second by length, as shown when a benchmark ends.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Speeds(ThroughputResults results, ThroughputPass pass) =>
        Pivot(results, pass, row => row.TokensPerSecond is { } speed ? Amount.Count((long)Math.Round(speed)) : "-");

    private static JsonObject Node(ThroughputResults results) => new()
    {
        ["schema"] = Schema,
        ["name"] = results.Setup.Name,
        ["command"] = results.Command,
        ["rows"] = Rows(results),
        ["parameters"] = new JsonObject(results.Setup.Parameters.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))),
        ["brokenLaws"] = new JsonArray([.. results.BrokenLaws.Select(broken => (JsonNode)$"{broken.Model}: {broken.Text}")]),
        ["environment"] = results.Environment.DeepClone(),
        ["config"] = results.Setup.Config.DeepClone(),
    };

    private static string Markdown(ThroughputResults results)
    {
        var (text, options) = (new StringBuilder(), results.Setup.Options);
        text.Append($"# Passes by length: {results.Setup.Name}\n\n");
        if (options.Note is { } note)
            text.Append($"{note}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Batches of {options.BatchTokens:N0} tokens at every length, products in {Words(options.Precision)}. Medians of {options.Rounds} passes, taken in turns: every model takes one, then all take the next.\n\n");
        text.Append("## Tokens a second, training\n\nForward, loss and gradients, without the optimizer's step.\n\n").Table(Speeds(results, ThroughputPass.Training));
        text.Append("## Tokens a second, forward\n\nWithout gradients, as a prompt is read.\n\n").Table(Speeds(results, ThroughputPass.Forward));
        text.Append("## Memory, training\n\nThe most beyond what was there before the pass, weights above all; with the gradients of the weights.\n\n").Table(Peaks(results, ThroughputPass.Training));
        text.Append("## Memory, forward\n\n").Table(Peaks(results, ThroughputPass.Forward));
        text.Append("## Models\n\n").Table(
        [
            ["model", "parameters", "forms"],
            .. options.Models.Keys.Select(IReadOnlyList<string> (name) =>
                [name, Amount.Count(results.Setup.Parameters[name]), MarkdownText.OneLine(string.Join("; ", results.Rows.Where(row => row.Model == name).Select(row => row.Forms).Distinct()))]),
        ]);
        if (results.Rows.Any(row => row.Failed is not null))
        {
            text.Append("## What failed\n\n");
            foreach (var row in results.Rows.Where(row => row.Failed is not null))
                text.Append(CultureInfo.InvariantCulture, $"- {row.Model} at {row.Length:N0}, {Words(row.Pass)}: {MarkdownText.OneLine(row.Failed!)}\n");
            text.Append('\n');
        }

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

    private static IReadOnlyList<IReadOnlyList<string>> Peaks(ThroughputResults results, ThroughputPass pass) => Pivot(results, pass, row => Amount.Bytes(row.PeakBytes));

    /// <summary>A row a model, a column a length; why there is no figure in its place, where that is short.</summary>
    private static IReadOnlyList<IReadOnlyList<string>> Pivot(ThroughputResults results, ThroughputPass pass, Func<ThroughputRow, string> cell)
    {
        const int Longest = 20;
        string Cell(string model, long length) => results.Rows.FirstOrDefault(row => (row.Model, row.Length, row.Pass) == (model, length, pass)) switch
        {
            null => "-",
            { Failed: { } reason } => reason.Length <= Longest ? reason : "failed",
            var row => cell(row),
        };
        var options = results.Setup.Options;
        return
        [
            ["model", .. options.Lengths.Select(length => Amount.Count(length))],
            .. options.Models.Keys.Select(IReadOnlyList<string> (name) => [name, .. options.Lengths.Select(length => Cell(name, length))]),
        ];
    }

    private static string Words<T>(T value)
        where T : struct, Enum
        => value.ToString().ToLowerInvariant();
}
