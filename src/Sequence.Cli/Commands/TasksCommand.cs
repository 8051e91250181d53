using System.CommandLine;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Framework.Plugins;
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
            JsonText.Write(new JsonArray([.. tasks.Select(Json)]));
        else
            Print(parsed, tasks);
        return ExitCode.Success;
    }

    private static JsonObject Json(ComponentEntry task) => new()
    {
        ["name"] = task.Name,
        ["plugin"] = task.PluginId,
        ["description"] = task.Description,
        ["options"] = new JsonArray([.. OptionEntry.Of(task.OptionsType).Select(option => option.ToJson())]),
    };

    private static void Print(ParseResult parsed, IReadOnlyList<ComponentEntry> tasks)
    {
        var screen = Screen.Of(parsed);
        foreach (var task in tasks)
        {
            screen.Profile.Out.Writer.WriteLine($"{task.Name} ({task.PluginId}): {task.Description}");
            screen.WriteTable(
            [
                ["option", "type", "default"],
                .. OptionEntry.Of(task.OptionsType).Select(IReadOnlyList<string> (option) => [option.Name, option.Type, option.DefaultText]),
            ]);
        }
    }
}
