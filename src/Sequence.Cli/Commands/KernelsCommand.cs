using System.CommandLine;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Registry;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence kernels</c>: what has a fused form, where, and for which element types.</summary>
internal static class KernelsCommand
{
    public static Command Create()
    {
        var command = new Command("kernels", "Lists the kernels, their fused forms by device and element type, and the form in tensor operations that stands in.");
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(new JsonArray([.. KernelRegistry.All.Select(Json)]));
        else
            Print(parsed);
        return ExitCode.Success;
    }

    private static JsonObject Json(Kernel kernel) => new()
    {
        ["name"] = kernel.Name,
        ["reference"] = kernel.Reference,
        ["fused"] = new JsonArray([.. kernel.Fused.Select(form => new JsonObject
        {
            ["form"] = form.Name,
            ["device"] = Lower(form.Device),
            ["elements"] = new JsonArray([.. form.Elements.Select(element => (JsonNode)Lower(element))]),
            ["missing"] = form.Missing,
        })]),
        ["lanes"] = LaneWidth.Text,
    };

    private static void Print(ParseResult parsed)
    {
        var screen = Screen.Of(parsed);
        screen.WriteTable(
        [
            ["kernel", "fused form", "device", "element types", "reference"],
            .. KernelRegistry.All.SelectMany(Rows),
        ]);
        screen.Profile.Out.Writer.WriteLine($"Lanes on the CPU: {LaneWidth.Text}");
        foreach (var missing in KernelRegistry.All.SelectMany(kernel => kernel.Fused).Where(form => form.Missing is not null).DistinctBy(form => form.Device))
            screen.Profile.Out.Writer.WriteLine($"Fused forms on {Lower(missing.Device)} do not run here: {missing.Missing}");
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(Kernel kernel) => kernel.Fused.Count == 0
        ? [[kernel.Name, "none", "", "", kernel.Reference]]
        : kernel.Fused.Select(IReadOnlyList<string> (form) =>
            [kernel.Name, form.Name, Lower(form.Device), string.Join(", ", form.Elements.Select(element => Lower(element))), kernel.Reference]);

    private static string Lower<T>(T name) where T : struct, Enum => $"{name}".ToLowerInvariant();
}
