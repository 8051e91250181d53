using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Framework.Conformance;
using Sequence.Scans;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence operators</c>: the aggregation operators of prefix scans, with what they declare and their options.</summary>
internal static class OperatorsCommand
{
    public static Command Create()
    {
        var command = new Command("operators", "Lists the aggregation operators of prefix scans, their declared algebra and their options.");
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var host = Hosting.Start(parsed);
        var operators = ScanOperator.Of(host);
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(new JsonArray([.. operators.Select(Json)]));
        else
            Print(parsed, operators);
        return ExitCode.Success;
    }

    private static JsonObject Json(ScanOperator each) => new()
    {
        ["name"] = each.Component.Name,
        ["kind"] = each.Component.KindName,
        ["plugin"] = each.Component.PluginId,
        ["description"] = each.Component.Description,
        ["associative"] = each.Algebra.HasFlag(Algebra.Associative),
        ["commutative"] = each.Algebra.HasFlag(Algebra.Commutative),
        ["transition"] = each.Transition is null ? null : Kebab(each.Transition.Name),
        ["state"] = Kebab(each.State.Name),
        ["schedules"] = new JsonArray([.. each.Schedules.Select(schedule => (JsonNode)Kebab($"{schedule}"))]),
        ["options"] = new JsonArray([.. OptionEntry.Of(each.Component.OptionsType).Select(option => option.ToJson())]),
    };

    private static void Print(ParseResult parsed, IReadOnlyList<ScanOperator> operators)
    {
        var screen = Screen.Of(parsed);
        foreach (var each in operators)
        {
            var writer = screen.Profile.Out.Writer;
            writer.WriteLine($"{each.Component.Name} ({each.Component.KindName} of {each.Component.PluginId}): {each.Component.Description}");
            writer.WriteLine($"{Words(each.Algebra)}; {Domain(each)}; schedules {string.Join(", ", each.Schedules.Select(schedule => Kebab($"{schedule}")))}");
            var options = OptionEntry.Of(each.Component.OptionsType);
            if (options.Count == 0)
                continue;
            screen.WriteTable(
            [
                ["option", "type", "default"],
                .. options.Select(IReadOnlyList<string> (option) => [option.Name, option.Type, option.DefaultText]),
            ]);
        }
    }

    private static string Words(Algebra algebra) => algebra == Algebra.ExactlyBracketed
        ? "exactly bracketed"
        : string.Join(", ", Enum.GetValues<Algebra>().Where(claim => claim != Algebra.ExactlyBracketed && algebra.HasFlag(claim)).Select(claim => Kebab($"{claim}")));

    private static string Domain(ScanOperator each) => each.Transition is null
        ? $"on {Kebab(each.State.Name)}"
        : $"E {Kebab(each.Transition.Name)} on {Kebab(each.State.Name)}";

    private static string Kebab(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
