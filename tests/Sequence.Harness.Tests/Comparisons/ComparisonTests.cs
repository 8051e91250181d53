using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Blocks;
using Sequence.Components;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Sequence.Harness.Comparisons;
using Sequence.Harness.Reports;
using Sequence.Tasks;
using TorchSharp;

namespace Sequence.Harness.Tests.Comparisons;

public sealed class ComparisonTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"comparison-{Guid.NewGuid():N}");
    private readonly List<string> _begun = [];
    private readonly List<string> _ended = [];

    public ComparisonTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Cells_run_model_by_model_with_seeds_innermost()
    {
        var results = Execute(Finish);

        Assert.Equal(["a, seed 1", "a, seed 2", "b, seed 1", "b, seed 2"], _begun);
        Assert.Equal(_begun, _ended);
        Assert.All(results.Cells, cell => Assert.Equal(CellStatus.Done, cell.Status));
        Assert.Equal(["done", "done", "done", "done"], Statuses());
    }

    [Fact]
    public void A_cell_is_given_its_own_seed_training_and_folder()
    {
        var requests = new List<RunRequest>();
        Execute((request, _, _) =>
        {
            requests.Add(request);
            return Finish(request);
        });

        Assert.Equal([1L, 2, 1, 2], requests.Select(request => request.Options.Seed));
        Assert.Equal([10, 10, 20, 20], requests.Select(request => request.Options.Training.Steps!.Value));
        Assert.Equal([1L, 2, 1, 2], requests.Select(request => (long)request.Config["seed"]!));
        Assert.Equal(4, requests.Select(request => request.Folder).Distinct().Count());
        Assert.All(requests, request => Assert.True(request.Resume));
    }

    [Fact]
    public void A_failing_cell_is_recorded_and_the_rest_goes_on()
    {
        var results = Execute((request, _, _) => request.Options.Seed == 1 && request.Folder.Contains("a-seed", StringComparison.Ordinal)
            ? throw new InvalidOperationException("The loss became NaN.")
            : Finish(request));

        Assert.Equal(["failed", "done", "done", "done"], Statuses());
        Assert.Equal("The loss became NaN.", results.Cells[0].Reason);
        Assert.Contains("The loss became NaN.", File.ReadAllText(Path.Combine(_folder, ComparisonReport.Markdown)), StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_in_different_environments_are_named()
    {
        var results = Execute((request, _, _) =>
        {
            var (threads, speed) = request.Folder.Contains("b-seed", StringComparison.Ordinal) ? (4, 60) : (2, 30 + (int)request.Options.Seed);
            Directory.CreateDirectory(request.Folder);
            File.WriteAllText(new RunFolder(request.Folder).Environment, $$"""{ "threads": {{threads}}, "device": "cpu", "gemm1024Gflops": {{speed}} }""");
            return Finish(request);
        });

        Assert.Equal(2, (int)results.Environment!["threads"]!);
        Assert.Equal(["b, seed 1: threads was 2 and is 4", "b, seed 2: threads was 2 and is 4"], results.EnvironmentDifferences);
        Assert.Contains("- b, seed 1: threads was 2 and is 4", File.ReadAllText(Path.Combine(_folder, ComparisonReport.Markdown)), StringComparison.Ordinal);
        Assert.Contains("b, seed 2: threads was 2 and is 4", File.ReadAllText(Path.Combine(_folder, ComparisonReport.Json)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_cell_is_tried_again_and_done_ones_are_kept()
    {
        Execute((request, _, _) => request.Options.Seed == 2 ? throw new InvalidOperationException("Out of memory.") : Finish(request));
        _begun.Clear();
        _ended.Clear();

        var results = Execute(Finish);

        Assert.Equal(["a, seed 2", "b, seed 2"], _begun);
        Assert.Equal(4, _ended.Count);
        Assert.All(results.Cells, cell => Assert.Equal(CellStatus.Done, cell.Status));
        Assert.All(results.Cells, cell => Assert.Null(cell.Reason));
        Assert.All(results.Cells, cell => Assert.NotNull(cell.Result));
    }

    [Fact]
    public void An_interrupted_cell_says_running_and_is_resumed()
    {
        Assert.Throws<OperationCanceledException>(() => Execute((request, _, _) =>
        {
            if (request.Options.Seed == 1)
                return Finish(request);
            throw new OperationCanceledException();
        }));
        Assert.Equal(["done", "running", "pending", "pending"], Statuses());

        _begun.Clear();
        Execute(Finish);
        Assert.Equal(["a, seed 2", "b, seed 1", "b, seed 2"], _begun);
        Assert.Equal(["done", "done", "done", "done"], Statuses());
    }

    [Fact]
    public void A_stop_between_two_cells_begins_no_other()
    {
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Execute(
            (request, _, _) =>
            {
                stop.Cancel();
                return Finish(request);
            },
            stop.Token));

        Assert.Equal(["a, seed 1"], _begun);
        Assert.Equal(["done", "pending", "pending", "pending"], Statuses());
    }

    [Fact]
    public void Reports_are_there_after_every_cell()
    {
        var seen = new List<int>();
        Execute((request, _, _) =>
        {
            var file = Path.Combine(_folder, ComparisonReport.Json);
            seen.Add(File.Exists(file)
                ? JsonNode.Parse(File.ReadAllText(file))!["cells"]!.AsArray().Count(cell => (string)cell!["status"]! == "done")
                : 0);
            return Finish(request);
        });

        Assert.Equal([0, 1, 2, 3], seen);
    }

    [Fact]
    public void A_torn_cell_table_is_refused_by_name()
    {
        File.WriteAllText(Path.Combine(_folder, CellTable.FileName), "{ \"cells\": [ {");

        Assert.Contains(CellTable.FileName, Assert.Throws<InvalidDataException>(() => Execute(Finish)).Message, StringComparison.Ordinal);
    }

    private static RunResult Finish(RunRequest request, ITrainingObserver observer, CancellationToken stop) => Finish(request);

    private static RunResult Finish(RunRequest request)
    {
        var result = Some.Result(0.5 + request.Options.Seed / 10.0);
        Directory.CreateDirectory(request.Folder);
        File.WriteAllText(new RunFolder(request.Folder).Result, JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        return result;
    }

    private ComparisonResults Execute(CellRun run, CancellationToken stop = default) =>
        new Comparison(Setup(), new Unasked(), run).Execute(_folder, torch.CPU, "sequence compare ab.json", new Witness(_begun, _ended), stop);

    private string[] Statuses() =>
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, CellTable.FileName)))!["cells"]!.AsArray().Select(cell => (string)cell!["status"]!)];

    private static ComparisonSetup Setup()
    {
        var model = new ModelOptions { DModel = 4, Blocks = [], Norm = new Component<Norm>("none", new object(), _ => throw new NotSupportedException()) };
        var task = new Component<ITask>("unasked", new object(), _ => throw new NotSupportedException());
        return new ComparisonSetup
        {
            Name = "ab",
            Options = new ComparisonOptions { Task = task, Models = new Dictionary<string, ModelEntry>(), Seeds = [1, 2] },
            Config = new JsonObject { ["task"] = "unasked" },
            Contenders =
            [
                new Contender("a", model, new TrainingOptions { Steps = 10 }, new JsonObject { ["model"] = new JsonObject(), ["training"] = new JsonObject() }),
                new Contender("b", model, new TrainingOptions { Steps = 20 }, new JsonObject { ["model"] = new JsonObject(), ["training"] = new JsonObject() }),
            ],
        };
    }

    private sealed class Witness(List<string> begun, List<string> ended) : IComparisonObserver, ITrainingObserver
    {
        public ITrainingObserver Begin(Cell cell)
        {
            begun.Add(cell.ToString());
            return this;
        }

        public void End(Cell cell) => ended.Add(cell.ToString());

        public void Note(string message)
        {
        }

        public void Progressed(TrainingProgress progress)
        {
        }

        public void Evaluated(Evaluation evaluation)
        {
        }
    }

    /// <summary>A task that no cell may touch: the runs of these tests stand in for training.</summary>
    private sealed class Unasked : ITask
    {
        public int Vocabulary => throw new NotSupportedException();

        public int Classes => throw new NotSupportedException();

        public TargetKind Targets => throw new NotSupportedException();

        public ITokenizer? Tokenizer => throw new NotSupportedException();

        public IDataset Training => throw new NotSupportedException();

        public IDataset Validation => throw new NotSupportedException();

        public IDataset Test => throw new NotSupportedException();

        public IReadOnlyList<IMetric> CreateMetrics() => throw new NotSupportedException();
    }
}
