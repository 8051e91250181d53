using System.Text.Json.Nodes;
using Sequence.Harness.Comparisons;

namespace Sequence.Harness.Decoding;

/// <summary>Everything a report of a benchmark is made from.</summary>
public sealed record DecodeResults
{
    /// <summary>What was asked.</summary>
    public required DecodeSetup Setup { get; init; }

    /// <summary>The command that was given.</summary>
    public required string Command { get; init; }

    /// <summary>Where it ran.</summary>
    public required JsonNode Environment { get; init; }

    /// <summary>Every contender at every position, positions innermost.</summary>
    public required IReadOnlyList<DecodeRow> Rows { get; init; }

    /// <summary>Laws that mixers of the models break, which were let through on purpose.</summary>
    public IReadOnlyList<BrokenLaw> BrokenLaws { get; init; } = [];

    /// <summary>The rows of each contender.</summary>
    public IEnumerable<IReadOnlyList<DecodeRow>> ByContender => Rows.GroupBy(row => row.Contender).Select(rows => (IReadOnlyList<DecodeRow>)[.. rows]);
}
