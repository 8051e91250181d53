using System.CommandLine;
using Sequence.Cli.Output;
using Sequence.Framework.Configuration;
using Sequence.Framework.Conformance;
using Sequence.Framework.Plugins;
using Sequence.Kernels.Registry;
using Spectre.Console;
using TorchSharp;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence verify [PLUGIN|NAME]</c>: the laws, graded.</summary>
internal static class VerifyCommand
{
    private const string Float32 = "float32", BFloat16 = "bfloat16";

    private static readonly Argument<string[]> Names = new("PLUGIN|NAME")
    {
        Description = "What to verify: plugins by id, mixers and cache policies by name. Default: every mixer and every cache policy of every plugin.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> Law = new("--law")
    {
        Description = $"Only this law. May be repeated. Laws: {string.Join(", ", Laws.All.Select(law => law.Name))}.",
        HelpName = "LAW",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<long> Seed = new("--seed")
    {
        Description = "What weights and inputs are drawn from.",
        HelpName = "N",
        DefaultValueFactory = _ => Verification.DefaultSeed,
    };

    private static readonly Option<string> ElementType = ElementTypeChoice();

    public static Command Create()
    {
        var command = new Command("verify", "Tries every mixer and every cache policy, in the variants that its plugin names, against the laws that its kind must keep.") { Names, Law, Seed, ElementType, Flags.Device, Flags.Kernels };
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static Option<string> ElementTypeChoice()
    {
        var option = new Option<string>("--type")
        {
            Description = "In which element type: float32 (and float64, where a law says more in it), or bfloat16, with tolerances of its own and without the laws that are about float64.",
            HelpName = "TYPE",
            DefaultValueFactory = _ => Float32,
        };
        option.AcceptOnlyFromAmong(Float32, BFloat16);
        return option;
    }

    private static int Run(ParseResult parsed)
    {
        var laws = Chosen(parsed.GetValue(Law)!);
        using var host = Hosting.Start(parsed);
        var entrants = Chosen(host, parsed.GetValue(Names)!);
        var device = DeviceChoice.Resolve(parsed.GetValue(Flags.Device)!);
        foreach (var plugin in host.Plugins.Where(plugin => plugin.Health != PluginHealth.Active))
            Console.Error.WriteLine($"sequence: {plugin.Id} is {plugin.Health} and not verified: {plugin.Reason} {plugin.Remedy}");

        var grades = Watch(parsed, entrants, laws, device);
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(GradeTable.Json(grades));
        else
            GradeTable.Print(Screen.Of(parsed), grades);
        return grades.All(grade => grade.Passed) ? ExitCode.Success : ExitCode.Failure;
    }

    private static IReadOnlyList<ILaw> Chosen(string[] names)
    {
        try
        {
            return names.Length == 0 ? Laws.All : [.. Laws.All.Intersect(names.Select(Laws.Named))];
        }
        catch (ArgumentException problem)
        {
            throw new UsageException($"--law: {problem.Message}");
        }
    }

    private static IReadOnlyList<Entrant> Chosen(SequenceHost host, string[] names)
    {
        foreach (var name in names)
        {
            if (host.Plugins.FirstOrDefault(plugin => plugin.Id == name) is { Health: not PluginHealth.Active } bad)
                throw new UsageException($"the plugin {bad.Id} is {bad.Health}: {bad.Reason} {bad.Remedy}");
        }

        var all = Entrant.Of(host);
        foreach (var name in names.Where(name => !all.Any(entrant => entrant.Name == name || entrant.Plugin == name)))
        {
            throw new UsageException(host.Plugins.Any(plugin => plugin.Id == name)
                ? $"the plugin {name} has no mixer and no cache policy: there is nothing to verify."
                : $"there is no plugin, mixer or cache policy \"{name}\"{NearMatches.Ending(name, all.SelectMany(entrant => (string[])[entrant.Name, entrant.Plugin]))} "
                    + string.Join(' ', all.GroupBy(entrant => entrant.Kind).Select(kind => $"{Title(kind.Key)}: {string.Join(", ", kind.Select(entrant => $"{entrant.Name} ({entrant.Plugin})").Distinct())}.")));
        }

        return names.Length == 0 ? all : [.. all.Where(entrant => names.Contains(entrant.Name) || names.Contains(entrant.Plugin))];
    }

    /// <summary>cache-policy as the head of a list of them.</summary>
    private static string Title(string kind) => kind == "mixer" ? "Mixers" : "Cache policies";

    private static List<Grade> Watch(ParseResult parsed, IReadOnlyList<Entrant> entrants, IReadOnlyList<ILaw> laws, torch.Device device)
    {
        var seed = parsed.GetValue(Seed);
        var kernels = Flags.Preferred(parsed) ?? KernelPreference.Auto;
        var elementType = parsed.GetValue(ElementType) == BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
        var screen = Screen.Of(parsed);
        if (!screen.IsLive())
            return [.. Verification.Run(entrants, laws, device, seed, kernels, elementType)];

        return screen.Progress().Start(context =>
        {
            var bar = context.AddTask("laws", maxValue: laws.Count * entrants.Select(entrant => (entrant.Kind, entrant.Name, entrant.Plugin)).Distinct().Count());
            var grades = new List<Grade>();
            foreach (var grade in Verification.Run(entrants, laws, device, seed, kernels, elementType))
            {
                grades.Add(grade);
                bar.Description = Markup.Escape($"{grade.Subject}: {grade.Law}");
                bar.Increment(1);
            }

            bar.Value = bar.MaxValue;
            return grades;
        });
    }
}
