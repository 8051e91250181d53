using System.CommandLine;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;

namespace Sequence.Cli;

/// <summary>The options that verbs share, so that each is called the same and means the same everywhere.</summary>
internal static class Flags
{
    public static Option<bool> Json { get; } = new("--json") { Description = "For machines: nothing but JSON on standard output." };

    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show where in the code an error arose." };

    public static Option<string[]> Plugins { get; } = new("--plugins")
    {
        Description = "Another folder of plugins, searched after the built-in ones and SEQUENCE_PLUGINS. May be repeated.",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    public static Option<bool> Locked { get; } = new("--locked") { Description = "Load only assemblies and native libraries whose SHA-256 stands in plugins.lock.json." };

    public static Option<string[]> Set { get; } = new("--set")
    {
        Description = "A value laid over the configuration, such as training.steps=500. May be repeated.",
        HelpName = "a.b=c",
        DefaultValueFactory = _ => [],
    };

    public static Option<string> Device { get; } = new("--device")
    {
        Description = "auto (CUDA where there is any, else the CPU), cpu, cuda or cuda:INDEX.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "auto",
    };

    public static Option<string?> Kernels { get; } = KernelChoice();

    public static Option<string?> Precision { get; } = PrecisionChoice();

    public static Option<string?> Output { get; } = new("--output", "-o")
    {
        Description = "Folder for everything written. Default: runs/NAME, for a configuration NAME.json.",
        HelpName = "DIR",
    };

    public static Option<bool> Resume { get; } = new("--resume") { Description = "Continue what the output folder holds: what is done is kept." };

    public static Option<bool> DryRun { get; } = new("--dry-run")
    {
        Description = "Check everything and show what would run: resolved configuration, parameters, state bytes, memory. Nothing is trained.",
    };

    /// <summary>What every verb takes.</summary>
    public static IReadOnlyList<Option> Everywhere { get; } = [Plugins, Locked, Json, Verbose];

    /// <summary>What every verb that trains takes.</summary>
    public static IReadOnlyList<Option> Training { get; } = [Output, Resume, DryRun, Set, Device, Kernels, Precision];

    /// <summary>What is laid over a configuration: every <c>--set</c>, and the other options that stand for a key of it.</summary>
    public static IReadOnlyList<string> Laid(ParseResult parsed) =>
    [
        .. parsed.GetValue(Set)!,
        .. parsed.GetValue(Kernels) is { } kernels ? (string[])[$"kernels={kernels}"] : [],
        .. parsed.GetValue(Precision) is { } precision ? (string[])[$"training.precision={precision}"] : [],
    ];

    /// <summary>Which form of kernels is asked for; null where the configuration is to say.</summary>
    public static KernelPreference? Preferred(ParseResult parsed) =>
        parsed.GetValue(Kernels) is { } kernels ? Enum.Parse<KernelPreference>(kernels, ignoreCase: true) : null;

    /// <summary>Adds options to a command.</summary>
    public static void AddRange(this Command command, IEnumerable<Option> options)
    {
        foreach (var option in options)
            command.Add(option);
    }

    private static Option<string?> PrecisionChoice()
    {
        var option = new Option<string?>("--precision")
        {
            Description = "What products are computed in: float32, tf32 (on CUDA) or bfloat16; weights, gradients, moments and states are in float32. Stands for the key \"training.precision\" of a configuration.",
            HelpName = "PRECISION",
        };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<Precision>().Select(name => name.ToLowerInvariant())]);
        return option;
    }

    private static Option<string?> KernelChoice()
    {
        var option = new Option<string?>("--kernels")
        {
            Description = "Which form of a kernel runs where there are several: auto (fused where it takes the inputs), reference (tensor operations), fused (or an error). Stands for the key \"kernels\" of a configuration.",
            HelpName = "FORM",
        };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<KernelPreference>().Select(name => name.ToLowerInvariant())]);
        return option;
    }
}
