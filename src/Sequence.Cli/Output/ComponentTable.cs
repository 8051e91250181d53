using System.Text.Json.Nodes;
using Sequence.Cli.Commands;
using Sequence.Framework.Plugins;
using Spectre.Console;

namespace Sequence.Cli.Output;

/// <summary>Components with their options, as people and as machines read them.</summary>
internal static class ComponentTable
{
    /// <summary>One object a component.</summary>
    public static JsonArray Json(IEnumerable<ComponentEntry> components) => new([.. components.Select(component => new JsonObject
    {
        ["name"] = component.Name,
        ["kind"] = component.KindName,
        ["plugin"] = component.PluginId,
        ["description"] = component.Description,
        ["options"] = new JsonArray([.. OptionEntry.Of(component.OptionsType).Select(option => option.ToJson())]),
    })]);

    /// <summary>A line a component, and a table of its options where it has any.</summary>
    public static void Print(IAnsiConsole screen, IEnumerable<ComponentEntry> components)
    {
        foreach (var component in components)
        {
            screen.Profile.Out.Writer.WriteLine($"{component.Name} ({component.PluginId}): {component.Description}");
            var options = OptionEntry.Of(component.OptionsType);
            if (options.Count == 0)
                continue;
            screen.WriteTable(
            [
                ["option", "type", "default"],
                .. options.Select(IReadOnlyList<string> (option) => [option.Name, option.Type, option.DefaultText]),
            ]);
        }
    }
}
