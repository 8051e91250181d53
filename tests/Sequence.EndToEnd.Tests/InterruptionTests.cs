using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

/// <summary>A run that was interrupted ends with the figures of one that was not.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const int Steps = 400;

    private readonly Workspace _workspace = new();

    public InterruptionTests() => _workspace.Write("run.json", Workspace.Training("mipt.json", Steps));

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Killed_at_any_moment_a_run_resumes_to_the_same_figures()
    {
        Assert.Equal(0, _workspace.Run("train", "run.json", "--output", "whole").ExitCode);
        var moments = new Random(20260409);
        for (var n = 0; n < 4; n++)
        {
            var folder = $"killed-{n}";
            var step = moments.Next(1, Steps);
            var running = _workspace.Start("train", "run.json", "--output", folder);
            running.WaitFor(() => StepOf(folder) >= step);
            Thread.Sleep(moments.Next(20));
            running.Kill();

            var resumed = _workspace.Run("train", "run.json", "--output", folder, "--resume");
            Assert.Equal(0, resumed.ExitCode);
            Assert.Equal(Figures("whole"), Figures(folder));
        }
    }

    [Theory]
    [InlineData("--resume")]
    [InlineData("--json")]
    public void Killed_while_it_claims_its_folder_a_run_begins_there(string flag)
    {
        Directory.CreateDirectory(_workspace["claimed"]);
        _workspace.Write("claimed/config.json.unfinished", "{ \"ta");
        var begun = _workspace.Run("train", "run.json", "--output", "claimed", "--set", "training.steps=2", flag);

        Assert.True(begun.ExitCode == 0, begun.Error);
        Assert.True(File.Exists(_workspace["claimed/result.json"]));
    }

    [Fact]
    public void A_comparison_killed_in_its_second_cell_resumes_to_the_same_figures()
    {
        _workspace.Write("compare.json", Workspace.Comparison("[1]", steps: 100));
        Assert.Equal(0, _workspace.Run("compare", "compare.json", "--output", "whole").ExitCode);

        var running = _workspace.Start("compare", "compare.json", "--output", "killed");
        running.WaitFor(() => Directory.Exists(_workspace["killed/cells/mipt-seed-1/checkpoints"]));
        running.Kill();
        var resumed = _workspace.Run("compare", "compare.json", "--output", "killed", "--resume");

        Assert.Equal(0, resumed.ExitCode);
        Assert.Equal(Figures("whole/cells/transformer-seed-1"), Figures("killed/cells/transformer-seed-1"));
        Assert.Equal(Figures("whole/cells/mipt-seed-1"), Figures("killed/cells/mipt-seed-1"));
    }

    /// <summary>Those that ask for a stop. What a shell starts in the background ignores SIGINT, and so do its children: there it asks for nothing.</summary>
    public static TheoryData<string> Signals => IgnoresInterrupt() ? ["TERM"] : ["TERM", "INT"];

    [Theory]
    [MemberData(nameof(Signals))]
    public void A_signal_writes_a_checkpoint_and_says_how_to_go_on(string signal)
    {
        Assert.Equal(0, _workspace.Run("train", "run.json", "--output", "whole").ExitCode);

        var running = _workspace.Start("train", "run.json", "--output", "stopped", "--set", "training.checkpointEvery=10");
        running.WaitFor(() => StepOf("stopped") >= 10);
        running.Signal(signal);
        var stopped = running.End();

        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("Continue with: sequence train run.json --output stopped --set training.checkpointEvery=10 --resume", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(0, _workspace.Run("train", "run.json", "--output", "stopped", "--set", "training.checkpointEvery=10", "--resume").ExitCode);
        Assert.Equal(Figures("whole"), Figures("stopped"));
    }

    private static bool IgnoresInterrupt()
    {
        const string Status = "/proc/self/status";
        const long Interrupt = 1 << 1;
        var ignored = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) : null;
        return ignored is not null && (Convert.ToInt64(ignored["SigIgn:".Length..].Trim(), 16) & Interrupt) != 0;
    }

    /// <summary>The latest step that a run has recorded.</summary>
    private int StepOf(string folder)
    {
        var file = _workspace[$"{folder}/metrics.jsonl"];
        var whole = File.Exists(file) ? File.ReadAllText(file).Split('\n')[..^1] : [];
        return whole.Length == 0 ? 0 : (int)JsonNode.Parse(whole[^1])!["step"]!;
    }

    /// <summary>What a result says of the model, without what it says of the machine.</summary>
    private string Figures(string folder)
    {
        var result = JsonNode.Parse(_workspace.Read($"{folder}/result.json"))!.AsObject();
        foreach (var machine in (string[])["tokensPerSecond", "trainingSeconds", "peakMemoryBytes"])
            Assert.True(result.Remove(machine));
        return result.ToJsonString();
    }
}
