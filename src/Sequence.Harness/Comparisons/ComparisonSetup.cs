using System.Text.Json.Nodes;
using Sequence.Framework.Configuration;
using Sequence.Framework.Plugins;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;

namespace Sequence.Harness.Comparisons;

/// <summary>A comparison as configured: bound, checked, not yet begun.</summary>
public sealed record ComparisonSetup
{
    /// <summary>Its name: that of the configuration file.</summary>
    public required string Name { get; init; }

    /// <summary>The bound options.</summary>
    public required ComparisonOptions Options { get; init; }

    /// <summary>The resolved configuration.</summary>
    public required JsonNode Config { get; init; }

    /// <summary>The models, each with its own training.</summary>
    public required IReadOnlyList<Contender> Contenders { get; init; }

    /// <summary>Every model with every seed, seeds innermost.</summary>
    public IEnumerable<Cell> Cells => Contenders.SelectMany(_ => Options.Seeds, (contender, seed) => new Cell(contender.Name, seed));

    /// <summary>Reads a configuration.</summary>
    /// <param name="host">The host whose components it may name.</param>
    /// <param name="file">The file.</param>
    /// <param name="sets">Values laid over it, as <c>a.b=c</c>.</param>
    /// <exception cref="ConfigurationException">It is not a valid comparison.</exception>
    public static ComparisonSetup Load(SequenceHost host, string file, IReadOnlyList<string> sets)
    {
        var root = ConfigNode.Load(file, sets);
        var options = host.Bind<ComparisonOptions>(root);
        Check(file, options);
        return new ComparisonSetup
        {
            Name = Path.GetFileNameWithoutExtension(file),
            Options = options,
            Config = root.ToJson(),
            Contenders = [.. options.Models.Select(entry => Contend(host, root, entry.Key, entry.Value))],
        };
    }

    /// <summary>The configuration of one cell, as <c>sequence train</c> would take it.</summary>
    public JsonObject RunConfig(Contender contender, long seed)
    {
        var run = new JsonObject
        {
            ["task"] = Config["task"]!.DeepClone(),
            ["model"] = contender.Config["model"]!.DeepClone(),
            ["training"] = contender.Config["training"]!.DeepClone(),
            ["seed"] = seed,
        };
        if (Config["kernels"] is { } kernels)
            run["kernels"] = kernels.DeepClone();
        return run;
    }

    private static Contender Contend(SequenceHost host, ConfigNode root, string name, ModelEntry entry)
    {
        var model = root["models"]![name]!;
        var training = (root["training"], model["training"]) switch
        {
            ({ } shared, { } own) => shared.Overlay(own),
            (var shared, var own) => own ?? shared,
        };
        return new Contender(
            name,
            entry.Model,
            training is null ? new TrainingOptions() : host.Bind<TrainingOptions>(training),
            new JsonObject { ["model"] = model["model"]!.ToJson(), ["training"] = training?.ToJson() ?? new JsonObject() });
    }

    private static void Check(string file, ComparisonOptions options)
    {
        var problems = new List<ConfigurationProblem>();
        if (options.Seeds.Distinct().Count() != options.Seeds.Count)
            problems.Add(new ConfigurationProblem(file, "$.seeds", "the same seed stands twice: it would give the same numbers twice"));
        foreach (var name in options.Models.Keys.Where(name => name.Length > 80 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))))
            problems.Add(new ConfigurationProblem(file, $"$.models.{name}", "a model's name becomes a folder: use letters, digits, '-', '_' and '.', at most 80"));
        if (problems.Count > 0)
            throw new ConfigurationException(problems);
    }
}
