using System.Text;
using Sequence.Framework.Training;

namespace Sequence.Harness.Reports;

/// <summary>
/// The files a comparison leaves: <c>report.md</c> for people, <c>results.csv</c> for spreadsheets, <c>results.json</c> for programs, and
/// <c>curves.csv</c> where a metric is known along an axis.
/// </summary>
public static class ComparisonReport
{
    /// <summary>For people.</summary>
    public const string Markdown = "report.md";

    /// <summary>One row a cell.</summary>
    public const string Csv = "results.csv";

    /// <summary>One row a point of a curve.</summary>
    public const string Curves = "curves.csv";

    /// <summary>For programs.</summary>
    public const string Json = "results.json";

    /// <summary>Writes them, each atomically.</summary>
    public static void Save(string folder, ComparisonResults results)
    {
        Write(Markdown, MarkdownReport.Write(results));
        Write(Csv, CsvReport.Write(results));
        Write(Json, JsonReport.Write(results));
        if (results.Curves.Count > 0)
            Write(Curves, CurveReport.Write(results));

        void Write(string name, string text) => AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }
}
