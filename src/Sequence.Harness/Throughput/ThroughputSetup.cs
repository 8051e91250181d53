using System.Text.Json.Nodes;
using Sequence.Framework.Configuration;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using Sequence.Tasks;
using TorchSharp;

namespace Sequence.Harness.Throughput;

/// <summary>A benchmark as configured: bound, every model built once, nothing measured yet.</summary>
public sealed record ThroughputSetup
{
    /// <summary>Its name: that of the configuration file.</summary>
    public required string Name { get; init; }

    /// <summary>The bound options.</summary>
    public required ThroughputOptions Options { get; init; }

    /// <summary>The resolved configuration.</summary>
    public required JsonNode Config { get; init; }

    /// <summary>Trained scalars of each model.</summary>
    public required IReadOnlyDictionary<string, long> Parameters { get; init; }

    /// <summary>Whether a configuration is one of these: it says <c>lengths</c>.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static bool Takes(string file, IReadOnlyList<string> sets) => ConfigNode.Load(file, sets)["lengths"] is not null;

    /// <summary>Reads a configuration.</summary>
    /// <param name="host">The host whose components it may name.</param>
    /// <param name="file">The file.</param>
    /// <param name="sets">Values laid over it, as <c>a.b=c</c>.</param>
    /// <exception cref="ConfigurationException">It is not a valid benchmark.</exception>
    public static ThroughputSetup Load(SequenceHost host, string file, IReadOnlyList<string> sets)
    {
        var root = ConfigNode.Load(file, sets);
        var options = host.Bind<ThroughputOptions>(root);
        return new ThroughputSetup
        {
            Name = Path.GetFileNameWithoutExtension(file),
            Options = options,
            Config = root.ToJson(),
            Parameters = options.Models.ToDictionary(entry => entry.Key, entry => Count(file, entry.Key, entry.Value, options)),
        };
    }

    /// <summary>A model, its weights drawn from the seed.</summary>
    /// <exception cref="ModelException">Its parts do not go together.</exception>
    internal static SequenceModel Build(ThroughputEntry entry, ThroughputOptions options, torch.Device device)
    {
        torch.manual_seed(options.Seed);
        var model = new SequenceModel(entry.Model, new ModelInterface(options.Vocabulary, options.Vocabulary, TargetKind.Token)) { Precision = options.Precision };
        model.to(device);
        return model;
    }

    private static long Count(string file, string name, ThroughputEntry entry, ThroughputOptions options)
    {
        try
        {
            using var model = Build(entry, options, torch.CPU);
            return model.ParameterCount;
        }
        catch (ModelException problem)
        {
            throw new ConfigurationException([new ConfigurationProblem(file, $"$.models.{name}", problem.Message)]);
        }
    }
}
