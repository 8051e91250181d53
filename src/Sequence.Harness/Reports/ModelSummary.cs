using Sequence.Framework.Training;
using Sequence.Harness.Cells;

namespace Sequence.Harness.Reports;

/// <summary>What a comparison says of one model: every figure over the seeds whose cells are done.</summary>
public sealed class ModelSummary
{
    private ModelSummary(string model, IReadOnlyList<Cell> cells)
    {
        Model = model;
        Cells = cells;
        var done = Done = [.. cells.Select(cell => cell.Result).OfType<RunResult>()];
        Metrics = done.SelectMany(result => result.Test.Metrics.Keys).Distinct()
            .ToDictionary(metric => metric, metric => Over(result => result.Test.Metrics.GetValueOrDefault(metric, double.NaN)));
        Figures = done.SelectMany(result => result.Test.Figures.Keys).Distinct()
            .ToDictionary(figure => figure, figure => Over(result => result.Test.Figures.GetValueOrDefault(figure, double.NaN)));
        Loss = Over(result => result.Test.Loss);
        TokensPerSecond = Over(result => result.TokensPerSecond);
        TrainingSeconds = Over(result => result.TrainingSeconds);

        Spread Over(Func<RunResult, double> figure) => new([.. done.Select(figure)]);
    }

    /// <summary>The model's name in the comparison.</summary>
    public string Model { get; }

    /// <summary>All its cells, one a seed.</summary>
    public IReadOnlyList<Cell> Cells { get; }

    /// <summary>Results of the cells that are done.</summary>
    public IReadOnlyList<RunResult> Done { get; }

    /// <summary>Test metrics by name, the ranking one first.</summary>
    public IReadOnlyDictionary<string, Spread> Metrics { get; }

    /// <summary>What its parts noted while the test examples were scored, as means over sequences: slots of a cache that were used, say.</summary>
    public IReadOnlyDictionary<string, Spread> Figures { get; }

    /// <summary>Whether its read-out looks at every position.</summary>
    public bool SeesWholeSequence => First?.SeesWholeSequence == true;

    /// <summary>Test loss, nats a target.</summary>
    public Spread Loss { get; }

    /// <summary>Real tokens trained on, a second.</summary>
    public Spread TokensPerSecond { get; }

    /// <summary>Seconds of training, evaluations excluded.</summary>
    public Spread TrainingSeconds { get; }

    /// <summary>Trained scalars; null while no cell is done.</summary>
    public long? Parameters => First?.Parameters;

    /// <summary>The largest peak memory of its runs, in bytes; null while no cell is done.</summary>
    public long? PeakMemoryBytes => Done.Max(result => (long?)result.PeakMemoryBytes);

    /// <summary>State bytes of one row after <see cref="StateTokens"/> tokens; null while no cell is done.</summary>
    public long? StateBytes => First?.StateBytes;

    /// <summary>Tokens at which the state was counted; null while no cell is done.</summary>
    public long? StateTokens => First?.StateTokens;

    private RunResult? First => Done.Count == 0 ? null : Done[0];

    /// <summary>One summary a model, in the order of the cells.</summary>
    public static IReadOnlyList<ModelSummary> Of(IEnumerable<Cell> cells) =>
        [.. cells.GroupBy(cell => cell.Model).Select(group => new ModelSummary(group.Key, [.. group]))];
}
