using System.Globalization;
using System.Text.Json.Nodes;
using Sequence.Framework.Conformance;
using Spectre.Console;

namespace Sequence.Cli.Output;

/// <summary>Grades of mixers and of cache policies, as people and as machines read them.</summary>
internal static class GradeTable
{
    /// <summary>One object a grade. An error that is no finite number is null.</summary>
    public static JsonArray Json(IEnumerable<Grade> grades) => new([.. grades.Select(grade => new JsonObject
    {
        ["mixer"] = grade.Subject,
        ["kind"] = grade.Kind,
        ["plugin"] = grade.Plugin,
        ["law"] = grade.Law,
        ["passed"] = grade.Passed,
        ["skipped"] = grade.Skipped,
        ["worst"] = double.IsFinite(grade.Worst) ? grade.Worst : null,
        ["tolerance"] = grade.Tolerance,
        ["seed"] = grade.Seed,
        ["variant"] = JsonNode.Parse(grade.Variant),
        ["message"] = grade.Message,
        ["remark"] = grade.Remark,
        ["forms"] = new JsonArray([.. grade.Forms.Select(form => new JsonObject
        {
            ["kernel"] = form.Kernel,
            ["form"] = form.Form,
            ["fused"] = form.IsFused,
            ["whyNotFused"] = form.WhyNotFused,
        })]),
    })]);

    /// <summary>A row a grade, then what failed: where, what the law says, and how to see it again.</summary>
    public static void Print(IAnsiConsole screen, IReadOnlyList<Grade> grades)
    {
        screen.WriteTable(
        [
            ["subject", "kind", "plugin", "law", "", "worst error", "tolerance", "forms"],
            .. grades.Select(IReadOnlyList<string> (grade, index) =>
            [
                IsFirst(index) ? grade.Subject : "",
                IsFirst(index) ? grade.Kind : "",
                IsFirst(index) ? grade.Plugin : "",
                grade.Law,
                grade.Skipped ? "skipped" : grade.Passed ? "kept" : "BROKEN",
                grade.Skipped ? "" : Number(grade.Worst),
                grade.Skipped ? "" : grade.Tolerance == 0 ? "exact" : Number(grade.Tolerance),
                grade.Skipped ? "" : Forms(grade),
            ]),
        ]);

        bool IsFirst(int index) => index == 0 || (grades[index - 1].Kind, grades[index - 1].Subject, grades[index - 1].Plugin) != (grades[index].Kind, grades[index].Subject, grades[index].Plugin);

        var writer = screen.Profile.Out.Writer;
        var broken = grades.Where(grade => !grade.Passed).ToList();
        foreach (var grade in broken)
        {
            writer.WriteLine($"{grade.Subject} ({grade.Plugin}) breaks {grade.Law}: {grade.Message}");
            writer.WriteLine($"    The law: {Laws.Named(grade.Law).Description}");
            writer.WriteLine($"    With {grade.Variant}. Again: sequence verify {grade.Subject} --law {grade.Law} --seed {grade.Seed}");
        }

        foreach (var skipped in grades.Where(grade => grade.Skipped).GroupBy(grade => grade.Remark))
            writer.WriteLine($"skipped: {string.Join(", ", skipped.Select(grade => grade.Law).Distinct())} ({skipped.Key})");
        var subjects = grades.GroupBy(grade => grade.Kind).Select(kind => Counted(kind.Select(grade => grade.Subject).Distinct().Count(), kind.Key)).ToArray();
        var laws = grades.Select(grade => grade.Law).Distinct().Count();
        writer.WriteLine($"{(subjects.Length == 0 ? "nothing" : string.Join(" and ", subjects))}, {laws} law{(laws == 1 ? "" : "s")}: {(broken.Count == 0 ? "all kept." : $"{broken.Count} broken.")}");
    }

    private static string Counted(int count, string kind) => (kind, count) switch
    {
        ("mixer", 1) => "1 mixer",
        ("mixer", _) => $"{count} mixers",
        (_, 1) => "1 cache policy",
        _ => $"{count} cache policies",
    };

    private static string Forms(Grade grade) => grade.Forms.All(form => form.IsFused) ? "fused" : grade.Forms.Any(form => form.IsFused) ? "fused and not" : "not fused";

    private static string Number(double value) => value == 0 ? "0" : value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
