using System.Diagnostics;
using Sequence.Benchmarks.Measuring;
using Sequence.Benchmarks.Questions;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>
/// Asks questions side by side with the peer, in turns, beside the limits of the machine. Values are compared before anything is timed: with the peer's
/// where it is asked, else with our own on the first tokens alone and with a plain form on the last. A form of the peer that fails, or is much slower than
/// another, takes no turns, and the row says why.
/// </summary>
/// <param name="limits">Of this machine.</param>
/// <param name="quick">Few turns, few sizes.</param>
internal sealed class Contest(MachineLimits limits, bool quick)
{
    private const long Checked = 1_024;
    private const int LeastRounds = 3;
    private const int MostRounds = 50;
    private const double LongMs = 3_000;
    private const int LeastLongRounds = 2;

    // with comparisons, warming and what takes seconds a call, some 130 rows stay under 25 minutes on two cores
    private readonly TimeSpan _budget = TimeSpan.FromSeconds(quick ? 0.5 : 2.5);

    /// <summary>The rows of a question, one a size and pass, as they come.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="known">Rows that need not be measured again, by T and pass.</param>
    public IEnumerable<Row> Ask(Question question, Func<long, string, bool> known)
    {
        using var peer = Peer.Start(question.Script, [$"{get_num_threads()}", question.Setting.IsGpu ? "cuda" : "cpu", .. question.Arguments]);
        foreach (var T in quick ? question.QuickLengths : question.Lengths)
        {
            var passes = question.Passes.Where(pass => !known(T, pass.Words())).ToList();
            if (passes.Count == 0)
                continue;
            using var one = question.Create(T);
            using var folder = passes.Any(pass => question.AsksPeer(T, pass)) ? new SharedFolder(one, peer) : null;
            foreach (var pass in passes)
                yield return Ask(question, one, T, pass, question.AsksPeer(T, pass) ? peer : null, folder).Checked();
        }
    }

    private Row Ask(Question question, ICase one, long T, Pass pass, Peer? peer, SharedFolder? folder)
    {
        var row = new Row(question.Name) { T = T, Pass = pass.Words(), Correct = false };
        try
        {
            var (compared, forms, firstMs) = Compare(row, question, one, pass, peer is null ? null : folder);
            return compared.Correct ? Time(compared, question, one, T, pass, peer, forms, firstMs) : compared;
        }
        catch (PeerException ended)
        {
            return row with { Failed = ended.Message };
        }
        catch (Exception problem) when (question.Setting.IsGpu)
        {
            // what does not fit, or has no form for a GPU, is a row that says so
            return row with { Failed = $"ours: {problem.Message.Split('\n')[0]}" };
        }
    }

    private static (Row Row, IReadOnlyList<string> Forms, double FirstMs) Compare(Row row, Question question, ICase one, Pass pass, SharedFolder? folder)
    {
        using var scope = NewDisposeScope();
        using var record = FormRecord.Begin();
        IReadOnlyDictionary<string, Tensor> ours = new Dictionary<string, Tensor>();
        var start = Stopwatch.GetTimestamp();
        var peak = PeakMemory.Of(() => ours = one.Results(pass), question.Setting.Device);
        question.Setting.Finish();
        var firstMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var bytes = one.Bytes(pass);
        row = row with
        {
            Form = string.Join("; ", record.Forms.Distinct()), PeakBytes = bytes is null ? null : peak,
            Workspace = peak - bytes?.Made is { } beyond ? (double)beyond / bytes!.Value.All : null,
        };

        List<double> differences = [];
        List<string> against = [], forms = [];
        Dictionary<string, string> failed = [];
        if (folder is null)
        {
            differences.Add(one.DifferenceOfPrefix(pass, Checked) ?? double.PositiveInfinity);
            against.Add($"the first {Checked:n0} tokens with ours on them alone");
        }
        else
        {
            foreach (var (form, isWhole) in question.Forms.Select(form => (form, true)).Concat(folder.Has(question.FormsOfOthers).Select(form => (form, false))))
            {
                try
                {
                    using var each = NewDisposeScope();
                    var theirs = folder.Results(form, pass);
                    var compared = isWhole ? ours : ours.Where(result => theirs.ContainsKey(result.Key)).ToDictionary();
                    var apart = Agreement.Worst(compared, theirs);
                    if (!isWhole && apart > question.Setting.Tolerance)
                    {
                        // what another library rounds in its own way says nothing of ours, and is no opponent
                        failed[form] = FormattableString.Invariant($"values differ by {apart:0.0000} of the largest");
                        continue;
                    }

                    differences.Add(apart);
                    forms.Add(form);
                }
                catch (PeerException ended)
                {
                    failed[form] = ended.Message;
                }
            }

            if (forms.Count == 0)
                return (row with { Dropped = failed, Failed = failed.Values.First() }, forms, firstMs);
            against.Add("the peer");
        }

        if ((folder is null || question.ChecksEnd) && one.DifferenceOfEnd(ours) is { } difference)
        {
            differences.Add(difference);
            against.Add(one.End);
        }

        var worst = differences.Max();
        return (
            row with
            {
                Correct = worst <= question.Setting.Tolerance, Worst = double.IsFinite(worst) ? worst : null, Check = string.Join("; ", against),
                Dropped = failed.Count > 0 ? failed : null,
            },
            forms, firstMs);
    }

    private Row Time(Row row, Question question, ICase one, long T, Pass pass, Peer? peer, IReadOnlyList<string> forms, double firstMs)
    {
        Action finish = question.Setting.Finish;

        // what takes seconds is warm after one call
        Turn Ready(Action call) => firstMs < LongMs ? Turn.Warm(call, finish) : new Turn(call, finish, firstMs);
        var ours = Ready(() => one.Run(pass));
        List<Func<double>> turns = [ours.Take];
        int? Add(Func<double>? turn)
        {
            if (turn is null)
                return null;
            turns.Add(turn);
            return turns.Count - 1;
        }

        double Theirs(string form, int calls) => peer!.Ask<double>($"time {form} {pass.Request()} {calls}");
        var heats = forms.Count == 0 ? null : Heats.Run(forms.ToDictionary(form => form, form => (Func<double>)(() => Theirs(form, 1))));
        var places = heats?.Kept.ToDictionary(form => form.Key, form => Add(new Turn(calls => Theirs(form.Key, calls), form.Value).Take)!.Value) ?? [];
        using var maps = question.LinearMaps(T);
        using var shorter = question.Shorter is { } tokens && T > tokens ? question.Create(tokens) : null;
        var limit = Add(question.Load(T, pass) is { } load ? () => limits.Milliseconds(load) : null);
        var linear = Add(maps is null ? null : Turn.Warm(() => maps.Run(pass), finish).Take);
        var few = Add(shorter is null ? null : Turn.Warm(() => shorter.Run(pass), finish).Take);

        var isLong = ours.FirstMs + (heats?.Kept.Values.Sum() ?? 0) > LongMs;
        var timed = SideBySide.Measure(isLong ? LeastLongRounds : LeastRounds, MostRounds, _budget, turns);
        row = row with
        {
            OursMs = timed.Median(0),
            Rounds = timed.Rounds,
            OfLimit = limit is null ? null : timed.Ratio(limit.Value, over: 0),
            GemmShare = linear is null ? null : timed.Ratio(linear.Value, over: 0),
            PerToken = few is null ? null : timed.Ratio(0, over: few.Value) * question.TokensOf(question.Shorter!.Value) / question.TokensOf(T),
            PerTokenOf = few is null ? null : question.Shorter,
            Dropped = heats?.Dropped.Count > 0 ? (row.Dropped ?? new Dictionary<string, string>()).Concat(heats.Dropped).ToDictionary() : row.Dropped,
        };
        row = row.Beside(places.ToDictionary(form => form.Key, form => timed.Median(form.Value)), fastest => timed.Ratio(places[fastest], over: 0));
        return row.Peer is null || row.Workspace is null ? row : row with { PeerPeakBytes = peer!.Ask<long>($"peak {row.Peer} {pass.Request()}") };
    }
}
