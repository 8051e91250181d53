using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Framework.Training;
using Sequence.Harness.Comparisons;
using static TorchSharp.torch;

namespace Sequence.Harness.Throughput;

/// <summary>
/// Tokens a second and memory by length: at every length each model makes one pass of each kind first, which tells what it takes, and then all take turns under the clock.
/// </summary>
/// <param name="setup">What is measured.</param>
public sealed class ThroughputBench(ThroughputSetup setup)
{
    private readonly ThroughputOptions _options = setup.Options;

    /// <summary>Laws that mixers of the models break: marked in the reports.</summary>
    public IReadOnlyList<BrokenLaw> BrokenLaws { get; init; } = [];

    /// <summary>Measures the lengths that the folder does not hold yet, and writes the reports after each.</summary>
    /// <param name="folder">The benchmark's folder.</param>
    /// <param name="device">Where.</param>
    /// <param name="command">The command given, for the reports.</param>
    /// <param name="progress">Told what is being done, in words.</param>
    /// <param name="stop">Ends it early; the lengths that were measured stay.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public ThroughputResults Execute(string folder, Device device, string command, Action<string> progress, CancellationToken stop)
    {
        set_num_threads(_options.Threads ?? Environment.ProcessorCount);
        using var products = new TensorFloat32(_options.Precision != Framework.Models.Precision.Float32);
        Directory.CreateDirectory(folder);
        var journal = new ThroughputJournal(folder);
        var results = new ThroughputResults
        {
            Setup = setup,
            Command = command,
            Environment = JsonNode.Parse(JsonSerializer.Serialize(EnvironmentRecord.Take(device), JsonSerializerOptions.Web))!,
            BrokenLaws = BrokenLaws,
            Rows = journal.Rows,
        };
        foreach (var length in _options.Lengths.Where(length => !journal.Has(length)))
        {
            journal.Add(Measure(length, device, progress, stop));
            ThroughputReport.Save(folder, results);
        }

        ThroughputReport.Save(folder, results);
        return results;
    }

    private IReadOnlyList<ThroughputRow> Measure(long length, Device device, Action<string> progress, CancellationToken stop)
    {
        var contenders = new List<ThroughputContender>();
        try
        {
            var rows = new List<(ThroughputContender Contender, ThroughputRow Row)>();
            foreach (var (name, entry) in _options.Models)
            {
                stop.ThrowIfCancellationRequested();
                progress($"{length:N0} tokens, {name}");
                var contender = new ThroughputContender(name, entry, _options, length, device);
                contenders.Add(contender);
                rows.AddRange(Enum.GetValues<ThroughputPass>().Select(pass => (contender, contender.Begin(pass))));
            }

            for (var round = 1; round <= _options.Rounds; round++)
            {
                progress($"{length:N0} tokens, round {round} of {_options.Rounds}");
                for (var at = 0; at < rows.Count; at++)
                {
                    stop.ThrowIfCancellationRequested();
                    rows[at] = (rows[at].Contender, rows[at].Contender.Time(rows[at].Row));
                }
            }

            return [.. rows.Select(each => each.Row)];
        }
        finally
        {
            foreach (var contender in contenders)
                contender.Dispose();
        }
    }
}
