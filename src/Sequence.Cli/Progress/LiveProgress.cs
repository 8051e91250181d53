using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Spectre.Console;

namespace Sequence.Cli.Progress;

/// <summary>A bar a cell, redrawn in place, for terminals; notes and evaluations scroll above.</summary>
internal sealed class LiveProgress(IAnsiConsole console) : IProgressView
{
    private readonly Dictionary<string, ProgressTask> _bars = [];
    private readonly FiguresColumn _figures = new();
    private ProgressContext? _context;

    public T Watch<T>(Func<T> work) => console.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), _figures)
        .Start(context =>
        {
            _context = context;
            return work();
        });

    public ITrainingObserver Begin(Cell cell) => new Bar(cell, BarOf(cell), _figures, console);

    public void End(Cell cell)
    {
        var bar = BarOf(cell);
        _figures.Show(bar, ProgressText.Of(cell));
        if (cell.Status == CellStatus.Done)
            bar.Value = bar.MaxValue;
        bar.StopTask();
    }

    private ProgressTask BarOf(Cell cell)
    {
        var name = cell.ToString();
        if (!_bars.TryGetValue(name, out var bar))
            _bars[name] = bar = _context!.AddTask(Markup.Escape(name));
        return bar;
    }

    private sealed class Bar(Cell cell, ProgressTask bar, FiguresColumn figures, IAnsiConsole console) : ITrainingObserver
    {
        public void Note(string message) => Line(message);

        public void Progressed(TrainingProgress progress)
        {
            bar.MaxValue = progress.Steps;
            bar.Value = progress.Step;
            figures.Show(bar, ProgressText.Of(progress));
        }

        public void Evaluated(Evaluation evaluation) => Line(ProgressText.Of(evaluation));

        private void Line(string text) => console.WriteLine($"{cell}: {text}");
    }
}
