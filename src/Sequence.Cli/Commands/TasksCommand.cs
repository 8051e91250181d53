using System.CommandLine;
using Sequence.Cli.Output;
using Sequence.Tasks;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence tasks</c>: the tasks there are, with their options.</summary>
internal static class TasksCommand
{
    public static Command Create()
    {
        var command = new Command("tasks", "Lists the tasks and their options.");
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var host = Hosting.Start(parsed);
        var tasks = host.Components.All.Where(component => component.Kind == typeof(ITask)).ToList();
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(ComponentTable.Json(tasks));
        else
            ComponentTable.Print(Screen.Of(parsed), tasks);
        return ExitCode.Success;
    }
}
