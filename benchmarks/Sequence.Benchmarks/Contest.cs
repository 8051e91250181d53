using Sequence.Benchmarks.Measuring;
using Sequence.Benchmarks.Questions;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>
/// Asks questions side by side with the peer, in turns, beside the limits of the machine. Values are compared before anything is timed: with the peer's
/// where it is asked, else with our own on the first tokens alone. A form of the peer that is much slower than another takes no further turns.
/// </summary>
/// <param name="limits">Of this machine.</param>
/// <param name="quick">Few turns, few sizes.</param>
internal sealed class Contest(MachineLimits limits, bool quick)
{
    private const double MuchSlower = 1.5;
    private const long Checked = 1_024;
    private const int LeastRounds = 3;
    private const int MostRounds = 50;
    private const double LongMs = 3_000;
    private const int LeastLongRounds = 2;

    private readonly TimeSpan _budget = TimeSpan.FromSeconds(quick ? 0.5 : 4);

    /// <summary>The rows of a question, one a size and pass, as they come.</summary>
    public IEnumerable<Row> Ask(Question question)
    {
        using var peer = Peer.Start(question.Script, [$"{get_num_threads()}", .. question.Arguments]);
        foreach (var T in quick ? question.QuickLengths : question.Lengths)
        {
            using var one = question.Create(T);
            using var folder = question.Passes.Any(pass => question.AsksPeer(T, pass)) ? new SharedFolder(one, peer) : null;
            foreach (var pass in question.Passes)
                yield return Ask(question, one, T, pass, question.AsksPeer(T, pass) ? peer : null, folder).Checked();
        }
    }

    private Row Ask(Question question, ICase one, long T, Pass pass, Peer? peer, SharedFolder? folder)
    {
        var bytes = one.Bytes(pass);
        var peak = ResidentMemory.PeakOf(() => one.Run(pass));
        var (worst, forms) = Compare(question, one, pass, peer is null ? null : folder);
        var row = new Row(question.Name)
        {
            T = T, Pass = pass.Words(), Correct = worst <= Agreement.Tolerance, Worst = double.IsFinite(worst) ? worst : null, Form = forms,
            PeakBytes = bytes is null ? null : peak, Workspace = peak - bytes?.Made is { } beyond ? (double)beyond / bytes!.Value.All : null,
        };
        return row.Correct ? Time(row, question, one, T, pass, peer) : row;
    }

    private static (double Worst, string Forms) Compare(Question question, ICase one, Pass pass, SharedFolder? folder)
    {
        using var scope = NewDisposeScope();
        using var record = FormRecord.Begin();
        var ours = one.Results(pass);
        var worst = folder is null
            ? one.DifferenceOfPrefix(pass, Checked) ?? double.PositiveInfinity
            : question.Forms.Max(form => Agreement.Worst(ours, folder.Results(form, pass)));
        return (worst, string.Join("; ", record.Forms.Distinct()));
    }

    private Row Time(Row row, Question question, ICase one, long T, Pass pass, Peer? peer)
    {
        var ours = Turn.Warm(() => one.Run(pass));
        List<Func<double>> turns = [ours.Take];
        int? Add(Func<double>? turn)
        {
            if (turn is null)
                return null;
            turns.Add(turn);
            return turns.Count - 1;
        }

        var forms = (peer is null ? [] : Fastest(question, pass, peer)).ToDictionary(form => form.Key, form => Add(form.Value.Take)!.Value);
        using var maps = question.LinearMaps(T);
        using var shorter = question.Shorter is { } tokens && T > tokens ? question.Create(tokens) : null;
        var limit = Add(question.Load(T, pass) is { } load ? () => limits.Milliseconds(load) : null);
        var linear = Add(maps is null ? null : Turn.Warm(() => maps.Run(pass)).Take);
        var few = Add(shorter is null ? null : Turn.Warm(() => shorter.Run(pass)).Take);

        var timed = SideBySide.Measure(ours.FirstMs < LongMs ? LeastRounds : LeastLongRounds, MostRounds, _budget, turns);
        row = row with
        {
            OursMs = timed.Median(0),
            OfLimit = limit is null ? null : timed.Ratio(limit.Value, over: 0),
            GemmShare = linear is null ? null : timed.Ratio(linear.Value, over: 0),
            PerToken = few is null ? null : timed.Ratio(0, over: few.Value) * question.TokensOf(question.Shorter!.Value) / question.TokensOf(T),
            PerTokenOf = few is null ? null : question.Shorter,
        };
        row = row.Beside(forms.ToDictionary(form => form.Key, form => timed.Median(form.Value)), fastest => timed.Ratio(forms[fastest], over: 0));
        return row.Peer is null || row.Workspace is null ? row : row with { PeerPeakBytes = peer!.Ask<long>($"peak {row.Peer} {pass.Request()}") };
    }

    /// <summary>The peer's forms that are worth waiting for.</summary>
    private static IEnumerable<KeyValuePair<string, Turn>> Fastest(Question question, Pass pass, Peer peer)
    {
        var turns = question.Forms.ToDictionary(form => form, form => new Turn(calls => peer.Ask<double>($"time {form} {pass.Request()} {calls}")));
        return turns.Where(turn => turn.Value.FirstMs <= MuchSlower * turns.Values.Min(other => other.FirstMs));
    }
}
