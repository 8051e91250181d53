using System.CommandLine;
using Sequence.Caching;
using Sequence.Cli.Output;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence policies</c>: what may decide which entries a cache keeps, and in what form states are held, with options.</summary>
internal static class PoliciesCommand
{
    public static Command Create()
    {
        var command = new Command("policies", "Lists the policies of caches and of states, and their options.");
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var host = Hosting.Start(parsed);
        var policies = host.Components.All.Where(component => component.Kind == typeof(CachePolicy) || component.Kind == typeof(StatePolicy)).ToList();
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(ComponentTable.Json(policies));
        else
            ComponentTable.Print(Screen.Of(parsed), policies);
        return ExitCode.Success;
    }
}
