using System.Text.Json.Nodes;
using Sequence.Framework.Configuration;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using TorchSharp;

namespace Sequence.Harness.Decoding;

/// <summary>A benchmark as configured: bound, every model built once, nothing measured yet.</summary>
public sealed record DecodeSetup
{
    /// <summary>Its name: that of the configuration file.</summary>
    public required string Name { get; init; }

    /// <summary>The bound options.</summary>
    public required DecodeOptions Options { get; init; }

    /// <summary>The resolved configuration.</summary>
    public required JsonNode Config { get; init; }

    /// <summary>Each model under each of its policies.</summary>
    public required IReadOnlyList<DecodeContender> Contenders { get; init; }

    /// <summary>Trained scalars of each contender.</summary>
    public required IReadOnlyDictionary<DecodeContender, long> Parameters { get; init; }

    /// <summary>Reads a configuration.</summary>
    /// <param name="host">The host whose components it may name.</param>
    /// <param name="file">The file.</param>
    /// <param name="sets">Values laid over it, as <c>a.b=c</c>.</param>
    /// <exception cref="ConfigurationException">It is not a valid benchmark.</exception>
    public static DecodeSetup Load(SequenceHost host, string file, IReadOnlyList<string> sets)
    {
        var root = ConfigNode.Load(file, sets);
        var options = host.Bind<DecodeOptions>(root);
        var contenders = DecodeContender.Of(options);
        return new DecodeSetup
        {
            Name = Path.GetFileNameWithoutExtension(file),
            Options = options,
            Config = root.ToJson(),
            Contenders = contenders,
            Parameters = contenders.ToDictionary(contender => contender, contender => Count(file, contender, options)),
        };
    }

    private static long Count(string file, DecodeContender contender, DecodeOptions options)
    {
        try
        {
            using var model = contender.Build(options.Vocabulary, options.Seed, torch.CPU);
            _ = contender.Plan(model);
            return model.ParameterCount;
        }
        catch (ModelException problem)
        {
            var place = contender.PolicyName is null ? "" : $" under the policy {contender.PolicyName}";
            throw new ConfigurationException([new ConfigurationProblem(file, $"$.models.{contender.Mixer}", $"{problem.Message}{place}")]);
        }
    }
}
