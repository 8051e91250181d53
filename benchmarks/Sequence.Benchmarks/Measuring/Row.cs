using System.Text.Json.Serialization;

namespace Sequence.Benchmarks.Measuring;

/// <summary>One measurement beside a peer. Where the values of both sides differ, it has no figures: a number that was computed wrongly fast is none.</summary>
/// <param name="Benchmark">What was measured.</param>
public sealed record Row(string Benchmark)
{
    /// <summary>Tokens a row of the batch; or tokens seen before, for a step.</summary>
    [JsonPropertyName("T")]
    public long? T { get; init; }

    /// <summary>What was timed.</summary>
    public string? Pass { get; init; }

    /// <summary>Our median, milliseconds; null for a mean over rows.</summary>
    public double? OursMs { get; init; }

    /// <summary>Who stands beside us: of several forms, the fastest.</summary>
    public string? Peer { get; init; }

    /// <summary>The peer's median, milliseconds.</summary>
    public double? PeerMs { get; init; }

    /// <summary>How many times as fast as the peer we are: the median of peer / ours, pair by pair.</summary>
    public double? Ratio { get; init; }

    /// <summary>The time that the machine's limits leave, as a share of ours: 1 is the limit.</summary>
    public double? OfLimit { get; init; }

    /// <summary>Whether both computed the same values, outputs and gradients.</summary>
    public required bool Correct { get; init; }

    /// <summary>The largest difference found, as a share of the largest number of its tensor.</summary>
    public double? Worst { get; init; }

    /// <summary>Each form of the peer, milliseconds.</summary>
    public IReadOnlyDictionary<string, double>? Peers { get; init; }

    /// <summary>Turns that medians are of.</summary>
    public int? Rounds { get; init; }

    /// <summary>Forms of the peer that took no part in the turns, and why.</summary>
    public IReadOnlyDictionary<string, string>? Dropped { get; init; }

    /// <summary>What our values were compared with.</summary>
    public string? Check { get; init; }

    /// <summary>Why there is no figure although both sides may well agree: the end of one of them, in words; null where both answered.</summary>
    public string? Failed { get; init; }

    /// <summary>Of a layer: the time of its linear maps alone, as a share of ours.</summary>
    public double? GemmShare { get; init; }

    /// <summary>Of a layer: how many times as fast as the peer it would be if all but its linear maps took no time.</summary>
    [JsonIgnore]
    public double? AtMost => Ratio / GemmShare;

    /// <summary>Our time a token here over that at the shortest length compared with, in turns.</summary>
    public double? PerToken { get; init; }

    /// <summary>That length.</summary>
    public long? PerTokenOf { get; init; }

    /// <summary>Resident memory that a call takes beyond its inputs, bytes.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>The peer's.</summary>
    public long? PeerPeakBytes { get; init; }

    /// <summary>Memory beyond inputs, outputs and their gradients (what is saved for the backward pass, and workspace), as a share of those.</summary>
    public double? Workspace { get; init; }

    /// <summary>Which form of ours ran.</summary>
    public string? Form { get; init; }

    /// <summary>The row beside the fastest form of the peer; as it is where there is none.</summary>
    /// <param name="forms">Each form's median, milliseconds.</param>
    /// <param name="timesAsFast">The median of a form's time over ours, turn by turn.</param>
    public Row Beside(IReadOnlyDictionary<string, double> forms, Func<string, double> timesAsFast)
    {
        if (forms.Count == 0)
            return this;
        var fastest = forms.MinBy(form => form.Value).Key;
        return this with { Peer = fastest, PeerMs = forms[fastest], Ratio = timesAsFast(fastest), Peers = forms };
    }

    /// <summary>The row as it may be shown: without a figure where the values differ.</summary>
    public Row Checked() => Correct ? this : new Row(Benchmark) { T = T, Pass = Pass, Peer = Peer, Correct = false, Worst = Worst, Form = Form, Check = Check, Dropped = Dropped, Failed = Failed };
}
