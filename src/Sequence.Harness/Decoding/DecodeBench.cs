using System.Text.Json.Nodes;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Harness.Comparisons;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Harness.Decoding;

/// <summary>
/// How long a token takes and what is held, by position. What each contender holds is measured first, one contender at a time. Then every contender stands at
/// every position, and all of them take turns under the clock, round after round, so that a machine that slows down or speeds up does so for all of them.
/// </summary>
/// <param name="setup">What is measured.</param>
public sealed class DecodeBench(DecodeSetup setup)
{
    private readonly DecodeOptions _options = setup.Options;

    /// <summary>Laws that mixers of the models break: marked in the reports.</summary>
    public IReadOnlyList<BrokenLaw> BrokenLaws { get; init; } = [];

    /// <summary>Measures what the folder does not hold yet, and writes the reports.</summary>
    /// <param name="folder">The benchmark's folder.</param>
    /// <param name="device">Where to decode.</param>
    /// <param name="command">The command given, for the reports.</param>
    /// <param name="progress">Told what is being done, in words.</param>
    /// <param name="stop">Ends it early, after the turn at work; what was measured stays.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DecodeResults Execute(string folder, Device device, string command, Action<string> progress, CancellationToken stop)
    {
        using var kernels = KernelScope.Prefer(_options.Kernels);
        set_num_threads(_options.Threads ?? Environment.ProcessorCount);
        Directory.CreateDirectory(folder);
        var journal = new DecodeJournal(folder);
        var environment = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(EnvironmentRecord.Take(device), System.Text.Json.JsonSerializerOptions.Web))!;
        var models = setup.Contenders.ToDictionary(contender => contender, contender => contender.Build(_options.Vocabulary, _options.Seed, device));
        try
        {
            var steps = models.ToDictionary(each => each.Key, each => StepOf(each.Value));
            Hold(models, journal, device, progress, stop);
            TakeTurns(models, journal, device, progress, stop);
            var results = new DecodeResults
            {
                Setup = setup,
                Command = command,
                Environment = environment,
                BrokenLaws = BrokenLaws,
                Rows =
                [
                    .. setup.Contenders.SelectMany(contender => journal.Held(contender)!.Select(held => new DecodeRow(
                        contender, held, [.. journal.Rounds.Select(round => round[DecodeLane.KeyOf(contender, held.Position)])], _options.Batch, steps[contender]))),
                ],
            };
            DecodeReport.Save(folder, results);
            return results;
        }
        finally
        {
            foreach (var model in models.Values)
                model.Dispose();
        }
    }

    private static FormUsed StepOf(SequenceModel model)
    {
        using var record = FormRecord.Begin();
        if (!model.FusesSteps)
            return record.Forms[0];

        // whether a step can be captured shows when it is
        using var path = model.CreateDecodePath();
        using var state = model.CreateState(1);
        path.Step([0], state);
        return path.Fallback ?? record.Forms[0];
    }

    private void Hold(IReadOnlyDictionary<DecodeContender, SequenceModel> models, DecodeJournal journal, Device device, Action<string> progress, CancellationToken stop)
    {
        foreach (var (contender, model) in models)
        {
            if (journal.Held(contender) is not null)
                continue;
            stop.ThrowIfCancellationRequested();
            progress($"what {contender} holds");
            journal.Add(contender, HeldBytes.Measure(contender, model, _options, device));
        }
    }

    private void TakeTurns(IReadOnlyDictionary<DecodeContender, SequenceModel> models, DecodeJournal journal, Device device, Action<string> progress, CancellationToken stop)
    {
        var rounds = _options.Tokens / _options.Turn;
        if (journal.Rounds.Count == rounds)
            return;

        var lanes = new List<DecodeLane>();
        try
        {
            foreach (var (contender, model) in models)
            {
                stop.ThrowIfCancellationRequested();
                progress($"the prompts of {contender}");
                lanes.AddRange(Lanes(contender, model, (long)journal.Rounds.Count * _options.Turn, device));
            }

            while (journal.Rounds.Count < rounds)
            {
                var round = new Dictionary<string, double>();
                foreach (var lane in lanes)
                {
                    stop.ThrowIfCancellationRequested();
                    round[lane.Key] = lane.Session.Turn();
                }

                journal.Add(round);
                progress($"round {journal.Rounds.Count} of {rounds}");
            }
        }
        finally
        {
            foreach (var lane in lanes)
                lane.Dispose();
        }
    }

    /// <summary>A contender at every position, <paramref name="timed"/> tokens after it, the turn before that taken one by one to warm up.</summary>
    private List<DecodeLane> Lanes(DecodeContender contender, SequenceModel model, long timed, Device device)
    {
        using var session = DecodeSession.Start(contender, model, _options, device);
        var lanes = new List<DecodeLane>();
        foreach (var position in _options.Positions)
        {
            session.Prefill(position + timed - _options.Turn);
            var lane = new DecodeLane(contender, position, session.Fork());
            lanes.Add(lane);
            _ = lane.Session.Turn();
        }

        return lanes;
    }
}
