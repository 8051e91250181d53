using System.Text.Json.Nodes;
using Sequence.Harness.Cells;
using Sequence.Harness.Comparisons;

namespace Sequence.Harness.Reports;

/// <summary>Everything a report is made from: the numbers, and what is needed to judge and repeat them.</summary>
public sealed record ComparisonResults
{
    /// <summary>Name of the comparison.</summary>
    public required string Name { get; init; }

    /// <summary>The command that was given.</summary>
    public required string Command { get; init; }

    /// <summary>The resolved configuration.</summary>
    public required JsonNode Config { get; init; }

    /// <summary>The environment record of its first cell; null while no cell has begun.</summary>
    public JsonNode? Environment { get; init; }

    /// <summary>In words, which cells or resumed parts of cells ran in another environment than <see cref="Environment"/>; empty where none did.</summary>
    public IReadOnlyList<string> EnvironmentDifferences { get; init; } = [];

    /// <summary>All cells, model by model.</summary>
    public required IReadOnlyList<Cell> Cells { get; init; }

    /// <summary>Laws that mixers of the models break, which were let through on purpose.</summary>
    public IReadOnlyList<BrokenLaw> BrokenLaws { get; init; } = [];

    /// <summary>What they say of each model.</summary>
    public IReadOnlyList<ModelSummary> Models => ModelSummary.Of(Cells);

    /// <summary>The test metrics that are known along an axis.</summary>
    public IReadOnlyList<CurveSummary> Curves => CurveSummary.Of(Cells);
}
