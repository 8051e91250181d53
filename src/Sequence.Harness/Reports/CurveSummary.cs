using Sequence.Framework.Training;
using Sequence.Harness.Cells;

namespace Sequence.Harness.Reports;

/// <summary>One metric of the test examples along an axis: every model at every point, over the seeds whose cells are done.</summary>
public sealed class CurveSummary
{
    private readonly IReadOnlyDictionary<(string Model, double At), Spread> _values;

    private CurveSummary(string metric, IReadOnlyList<(Cell Cell, MetricCurve Curve)> curves)
    {
        Metric = metric;
        Axis = curves[0].Curve.Axis;
        Models = [.. curves.Select(entry => entry.Cell.Model).Distinct()];
        _values = curves.SelectMany(entry => entry.Curve.Points, (entry, point) => (entry.Cell.Model, point.At, point.Value))
            .GroupBy(point => (point.Model, point.At), point => point.Value)
            .ToDictionary(group => group.Key, group => new Spread([.. group]));
        Places = [.. _values.Keys.Select(key => key.At).Distinct().Order()];
    }

    /// <summary>The metric.</summary>
    public string Metric { get; }

    /// <summary>What the curve runs over.</summary>
    public string Axis { get; }

    /// <summary>The models that have it.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>Where on the axis anything is known, rising.</summary>
    public IReadOnlyList<double> Places { get; }

    /// <summary>A model's values at a place; null where it has none.</summary>
    public Spread? At(string model, double place) => _values.GetValueOrDefault((model, place));

    /// <summary>One a metric that has a curve, in the order of the metrics.</summary>
    public static IReadOnlyList<CurveSummary> Of(IEnumerable<Cell> cells) =>
        [.. cells.SelectMany(cell => cell.Result?.Test.Curves ?? new Dictionary<string, MetricCurve>(), (cell, entry) => (entry.Key, Cell: cell, Curve: entry.Value))
            .GroupBy(entry => entry.Key, entry => (entry.Cell, entry.Curve))
            .Select(group => new CurveSummary(group.Key, [.. group]))];
}
