using System.CommandLine;
using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using Sequence.Harness.Comparisons;
using Sequence.Kernels.Registry;
using TorchSharp;

namespace Sequence.Cli;

/// <summary>Stands in front of verbs whose numbers are compared: a mixer or a cache policy that breaks a law is refused, or let through with a mark.</summary>
internal static class LawGate
{
    public static Option<bool> AllowFailing { get; } = new("--allow-failing")
    {
        Description = "Take part with mixers and cache policies that break a law (sequence verify), marked in the report. Without it they are refused. "
            + $"Each is verified once, on the device it is compared on, with the options it has here; that it passed is kept in {Verdicts.DefaultFolder} until a plugin, the options or the framework change.",
    };

    /// <summary>The laws that the models' mixers and cache policies break.</summary>
    /// <exception cref="UsageException">There are any, and they are not allowed.</exception>
    public static IReadOnlyList<BrokenLaw> Check(ParseResult parsed, SequenceHost host, IEnumerable<(string Name, ModelOptions Options)> models, KernelPreference kernels, torch.Device device)
    {
        var verdicts = new Verdicts(host, Verdicts.DefaultFolder, (kind, name) => Console.Error.WriteLine($"Verifying the {kind} {name} against the laws, once for these options."));
        IReadOnlyList<BrokenLaw> broken =
        [
            .. models.SelectMany(model => verdicts.Of(model.Options, kernels, device)
                .Where(grade => !grade.Passed)
                .DistinctBy(grade => (grade.Subject, grade.Plugin, grade.Law, grade.Variant))
                .Select(grade => new BrokenLaw(model.Name, grade))),
        ];
        if (broken.Count == 0 || parsed.GetValue(AllowFailing))
            return broken;

        throw new UsageException(string.Join('\n',
        [
            .. broken.Select(each => $"the model {each.Model}: {each.Text}"),
            $"What such a model scores means little. Mend it (sequence verify {broken[0].Grade.Subject}), or let it take part with a mark in the report: {AllowFailing.Name}.",
        ]));
    }
}
