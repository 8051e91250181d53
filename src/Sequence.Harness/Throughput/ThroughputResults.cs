using System.Text.Json.Nodes;
using Sequence.Harness.Comparisons;

namespace Sequence.Harness.Throughput;

/// <summary>Everything a report of a benchmark is made from.</summary>
public sealed record ThroughputResults
{
    /// <summary>What was asked.</summary>
    public required ThroughputSetup Setup { get; init; }

    /// <summary>The command that was given.</summary>
    public required string Command { get; init; }

    /// <summary>Where it ran.</summary>
    public required JsonNode Environment { get; init; }

    /// <summary>Every model at every length that is done, in each kind of pass.</summary>
    public required IReadOnlyList<ThroughputRow> Rows { get; init; }

    /// <summary>Laws that mixers of the models break, which were let through on purpose.</summary>
    public IReadOnlyList<BrokenLaw> BrokenLaws { get; init; } = [];
}
