using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Sequence.Harness.Reports;
using Sequence.Tasks;
using TorchSharp;

namespace Sequence.Harness.Comparisons;

/// <summary>Runs one cell: <see cref="TrainingRun.Execute"/>, unless a test stands in for it.</summary>
public delegate RunResult CellRun(RunRequest request, ITrainingObserver observer, CancellationToken stop);

/// <summary>
/// A comparison of models on one task, cell after cell. The task is loaded once and shared. A cell that fails is recorded with its reason and
/// the rest goes on. Its folder always tells where it stands, so that it can be resumed whatever ended it: done cells are kept, the one at
/// work goes on from its last checkpoint, failed ones are tried again.
/// </summary>
public sealed class Comparison(ComparisonSetup setup, ITask task, CellRun run)
{
    /// <summary>Laws that mixers of the models break: marked in the reports.</summary>
    public IReadOnlyList<BrokenLaw> BrokenLaws { get; init; } = [];

    /// <summary>Runs every cell that is not done and writes the reports after each.</summary>
    /// <param name="folder">The comparison's folder.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="command">The command given, for the reports.</param>
    /// <param name="observer">Watches.</param>
    /// <param name="stop">Ends the comparison early: the cell at work writes a checkpoint first.</param>
    /// <exception cref="OperationCanceledException">It was stopped; <see cref="RunInterruptedException"/> where a cell was at work.</exception>
    public ComparisonResults Execute(string folder, torch.Device device, string command, IComparisonObserver observer, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var table = CellTable.Open(folder, setup.Cells);
        foreach (var cell in table.Cells.ToList())
        {
            if (cell.Status != CellStatus.Done)
            {
                stop.ThrowIfCancellationRequested();
                table.Set(cell with { Status = CellStatus.Running });
                table.Set(Finish(cell, Path.Combine(folder, cell.Folder), device, observer.Begin(cell), stop));
                ComparisonReport.Save(folder, Results());
            }

            observer.End(table.Cells.Single(other => (other.Model, other.Seed) == (cell.Model, cell.Seed)));
        }

        var results = Results();
        ComparisonReport.Save(folder, results);
        return results;

        ComparisonResults Results()
        {
            var environments = new CellEnvironments(folder, table.Cells);
            return new ComparisonResults
            {
                Name = setup.Name,
                Command = command,
                Config = setup.Config,
                Environment = environments.First,
                EnvironmentDifferences = environments.Differences,
                Cells = [.. table.Cells],
                BrokenLaws = BrokenLaws,
            };
        }
    }

    private Cell Finish(Cell cell, string folder, torch.Device device, ITrainingObserver observer, CancellationToken stop)
    {
        var contender = setup.Contenders.Single(contender => contender.Name == cell.Model);
        var request = new RunRequest
        {
            Options = new RunOptions { Task = setup.Options.Task, Model = contender.Model, Training = contender.Training, Kernels = setup.Options.Kernels, Seed = cell.Seed },
            Config = setup.RunConfig(contender, cell.Seed),
            Folder = folder,
            Device = device,
            Resume = true,
            Task = task,
        };
        try
        {
            return cell with { Status = CellStatus.Done, Reason = null, Result = run(request, observer, stop) };
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return cell with { Status = CellStatus.Failed, Reason = problem.Message };
        }
    }
}
