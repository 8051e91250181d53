using System.CommandLine;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Framework.Plugins;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence plugins</c>: what was found, what it offers, and what is wrong with it.</summary>
internal static class PluginsCommand
{
    private static readonly Option<bool> WriteLock = new("--write-lock")
    {
        Description = "Lock the plugins as they stand: write plugins.lock.json beside each folder of plugins, for --locked.",
    };

    public static Command Create()
    {
        var command = new Command("plugins", "Lists the plugins, their health and what they offer.") { WriteLock };
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (parsed.GetValue(WriteLock))
            Lock(parsed);

        using var host = Hosting.Start(parsed);
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(new JsonArray([.. host.Plugins.Select(Json)]));
        else
            Print(parsed, host.Plugins);
        return ExitCode.Success;
    }

    private static void Lock(ParseResult parsed)
    {
        foreach (var folder in Hosting.PluginFolders(parsed).Where(Directory.Exists))
            Console.Error.WriteLine($"Locked: {PluginLock.Write(folder)}");
    }

    private static JsonObject Json(PluginEntry plugin) => new()
    {
        ["id"] = plugin.Id,
        ["version"] = plugin.Version,
        ["description"] = plugin.Description,
        ["folder"] = plugin.Folder,
        ["health"] = plugin.Health.ToString(),
        ["reason"] = plugin.Reason,
        ["remedy"] = plugin.Remedy,
        ["components"] = new JsonArray([.. plugin.Components.Select(component => new JsonObject
        {
            ["kind"] = component.KindName,
            ["name"] = component.Name,
            ["description"] = component.Description,
        })]),
    };

    private static void Print(ParseResult parsed, IReadOnlyList<PluginEntry> plugins)
    {
        var screen = Screen.Of(parsed);
        screen.WriteTable(
        [
            ["plugin", "version", "health", "offers"],
            .. plugins.Select(IReadOnlyList<string> (plugin) => [plugin.Id, plugin.Version, plugin.Health.ToString(), Offers(plugin)]),
        ]);
        foreach (var plugin in plugins.Where(plugin => plugin.Health != PluginHealth.Active))
            screen.Profile.Out.Writer.WriteLine($"{plugin.Id}: {plugin.Reason} {plugin.Remedy}");
    }

    private static string Offers(PluginEntry plugin) => string.Join("; ", plugin.Components
        .GroupBy(component => component.KindName)
        .Select(kind => $"{kind.Key} {string.Join(", ", kind.Select(component => component.Name))}"));
}
