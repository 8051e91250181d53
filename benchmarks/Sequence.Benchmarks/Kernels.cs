using System.Diagnostics;
using Sequence.Benchmarks.Measuring;
using Sequence.Benchmarks.Questions;
using Sequence.Framework.Configuration;
using Sequence.Framework.Plugins;
using Sequence.Framework.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>All questions about kernels in one run: rows are shown and written as they come, a page and targets at the end.</summary>
internal static class Kernels
{
    /// <summary>Asks, shows and writes.</summary>
    /// <param name="quick">Few turns, few sizes.</param>
    /// <param name="only">Questions whose names begin so, in this order; none for all.</param>
    /// <param name="resume">Whether rows that a stopped run left stand.</param>
    /// <param name="files">Where results go.</param>
    /// <param name="setting">Where, in which element type and at which sizes.</param>
    /// <param name="budget">After how long no more is asked: what there is then is written, and the rest left to a run that goes on.</param>
    /// <returns>The exit code: 0 where all values agree, 1 where some do not, 2 where the request makes no sense.</returns>
    public static int Run(bool quick, IReadOnlyList<string> only, bool resume, ResultFiles files, Setting setting, TimeSpan budget)
    {
        set_num_threads(Environment.ProcessorCount);
        using var host = SequenceHost.Start(new HostOptions());
        var all = AllQuestions.Of(host, setting);
        IReadOnlyList<Question> Named(string name) => [.. all.Where(question => question.Name.StartsWith(name, StringComparison.Ordinal))];
        if (only.FirstOrDefault(name => Named(name).Count == 0) is { } unknown)
            return Refuse($"No question begins with '{unknown}'{NearMatches.Ending(unknown, all.Select(question => question.Name).Concat(all.Select(question => question.Name.Split('/')[0])))} There are: {string.Join(", ", all.Select(question => question.Name))}.");
        IReadOnlyList<Question> asked = only.Count == 0 ? all : [.. only.SelectMany(Named).Distinct()];
        if (resume && files.Json is null)
            return Refuse("--resume goes on with a run that has a file; name it by --json, or leave out --only.");

        var machine = EnvironmentRecord.Take(setting.Device);
        Journal? journal;
        try
        {
            journal = files.Json is null ? null : Journal.Begin(files.Json, $"{machine.Commit ?? machine.Framework}, {machine.Processor} x {machine.Processors}, {setting.Device}, {setting.Words}{(quick ? ", quick" : "")}", resume);
        }
        catch (InvalidOperationException other)
        {
            return Refuse(other.Message);
        }

        using var limits = new MachineLimits(setting);
        var measured = $"{limits}";
        Console.WriteLine($"limits of the machine: {measured}");
        var (rows, isWhole) = Ask(asked.Where(question => !quick || question.IsQuick), new Contest(limits, quick), journal, budget);
        var order = all.Index().ToDictionary(each => each.Item.Name, each => each.Index);
        rows = [.. rows.OrderBy(row => order.GetValueOrDefault(row.Benchmark)).ThenBy(row => row.T)];

        Tables.Show(rows);
        AnsiConsole.Write(new TargetTable(Targets.Of(rows, setting.IsGpu)).ToConsole());
        var command = string.Concat("benchmarks/run.sh kernels", quick ? " --quick" : "", setting.IsGpu ? " --device cuda" : "", setting.ElementType == ScalarType.BFloat16 ? " --type bfloat16" : "", string.Concat(only.Select(name => $" --only {name}")));
        if (files.Json is not null)
            RowFile.Write(files.Json, rows);
        if (files.Markdown is not null)
        {
            files.Markdown.Directory!.Create();
            File.WriteAllText(files.Markdown.FullName, $"{new Report(rows, machine, command, measured, setting)}");
        }

        if (isWhole)
            journal?.End();
        else
            Console.WriteLine($"The time of {budget.TotalMinutes:0.#} minutes is over; the same command with --resume goes on.");
        return rows.All(row => row.Correct) ? 0 : 1;
    }

    private static (IReadOnlyList<Row> Rows, bool IsWhole) Ask(IEnumerable<Question> questions, Contest contest, Journal? journal, TimeSpan budget)
    {
        var start = Stopwatch.GetTimestamp();
        List<Row> rows = [];
        foreach (var question in questions)
        {
            foreach (var row in contest.Ask(question, (T, pass) => journal?.Has(question.Name, T, pass) ?? false))
            {
                rows.Add(row);
                journal?.Add(row);
                Console.WriteLine(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(start):mm\\:ss}  {row.Benchmark}, T = {row.T:n0}, {row.Pass}: {Words(row)}"));
                if (Stopwatch.GetElapsedTime(start) > budget)
                    return (journal?.Rows ?? rows, false);
            }
        }

        return (journal?.Rows ?? rows, true);
    }

    private static string Words(Row row) => row switch
    {
        { Failed: { } reason } => reason,
        { Correct: false } => FormattableString.Invariant($"values differ by {row.Worst:0.0000} of the largest"),
        { Peer: { } peer } => FormattableString.Invariant($"{row.OursMs:0.000} ms, {row.Ratio:0.00} times as fast as {peer}"),
        _ => FormattableString.Invariant($"{row.OursMs:0.000} ms"),
    };

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return 2;
    }
}
