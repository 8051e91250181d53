using Sequence.Benchmarks.Measuring;

namespace Sequence.Benchmarks.Tests;

public sealed class JournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("journal-");

    private FileInfo File => new(Path.Combine(_folder.FullName, "rows.json"));

    [Fact]
    public void A_run_goes_on_where_it_was_cut_off()
    {
        Journal.Begin(File, "here", resume: false).Add(Row(1_024));
        System.IO.File.AppendAllText($"{File.FullName}.partial", "{\"benchmark\":\"sc");

        var again = Journal.Begin(File, "here", resume: true);

        Assert.True(again.Has("scan", 1_024, "forward"));
        Assert.False(again.Has("scan", 4_096, "forward"));
        again.Add(Row(4_096));
        Assert.Equal([1_024, 4_096], Journal.Begin(File, "here", resume: true).Rows.Select(row => row.T));
    }

    [Fact]
    public void A_row_that_failed_is_measured_again_and_replaced()
    {
        Journal.Begin(File, "here", resume: false).Add(Row(1_024) with { Failed = "killed", Correct = false });

        var again = Journal.Begin(File, "here", resume: true);
        Assert.False(again.Has("scan", 1_024, "forward"));
        again.Add(Row(1_024));
        Assert.Null(Assert.Single(Journal.Begin(File, "here", resume: true).Rows).Failed);
    }

    [Fact]
    public void Rows_of_another_commit_are_no_part_of_a_run()
    {
        Journal.Begin(File, "there", resume: false);
        Assert.Contains("there", Assert.Throws<InvalidOperationException>(() => Journal.Begin(File, "here", resume: true)).Message, StringComparison.Ordinal);
        Assert.Empty(Journal.Begin(File, "here", resume: false).Rows);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Row Row(long T) => new("scan") { T = T, Pass = "forward", OursMs = 2, Correct = true };
}
