using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Framework.Sessions;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Sequence.Kernels.Registry;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence generate RUN --prompt TEXT</c>: streams what a trained language model would write next.</summary>
internal static class GenerateCommand
{
    private static readonly Argument<string> RunArgument = new("RUN") { Description = "The folder of a finished run of a language model." };

    private static readonly Option<string> Prompt = new("--prompt", "-p") { Description = "What the text begins with.", HelpName = "TEXT", Required = true };

    private static readonly Option<int> MaxTokens = new("--max-tokens") { Description = "Tokens to generate.", HelpName = "N", DefaultValueFactory = _ => 200 };

    private static readonly Option<double> Temperature = new("--temperature")
    {
        Description = "Divides the logits: below 1 more likely tokens, above 1 more varied ones; 0 always the likeliest.",
        HelpName = "X",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int?> TopK = new("--top-k") { Description = "Draw from the K likeliest tokens only.", HelpName = "K" };

    private static readonly Option<double?> TopP = new("--top-p") { Description = "Draw from the likeliest tokens that hold probability P together.", HelpName = "P" };

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the draws: the same seed, the same text.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("generate", "Streams text from a trained language model.") { RunArgument, Prompt, MaxTokens, Temperature, TopK, TopP, Seed, Flags.Device, Flags.Kernels };
        command.AddRange(Flags.Everywhere);
        MaxTokens.Require(count => count >= 1, "at least 1");
        Temperature.Require(value => value is >= 0 and <= 100, "0 to 100");
        TopK.Require(count => count is null or >= 1, "at least 1");
        TopP.Require(mass => mass is null or (>= 1e-6 and <= 1), "more than 0 and at most 1");
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(RunArgument);
        CheckRun(folder);
        using var host = Hosting.Start(parsed);
        var prompt = parsed.GetRequiredValue(Prompt);
        using var model = TrainedModel.Load(host, folder, DeviceChoice.Resolve(parsed.GetValue(Flags.Device)!));
        using var session = Begin(folder, model, Flags.Preferred(parsed));
        var pieces = Continue(session, prompt, new GenerationOptions
        {
            MaxTokens = parsed.GetValue(MaxTokens),
            Temperature = parsed.GetValue(Temperature),
            TopK = parsed.GetValue(TopK),
            TopP = parsed.GetValue(TopP),
            Seed = parsed.GetValue(Seed),
        });
        if (parsed.GetValue(Flags.Verbose))
            Console.Error.WriteLine($"sequence: each token: {session.StepForm}");
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(Collected(folder, prompt, pieces, session.StepForm));
        else
            Stream(prompt, pieces);
        return ExitCode.Success;
    }

    private static void CheckRun(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UsageException($"{folder}: there is no such run folder. Train a language model first: sequence train CONFIG.");
        if (File.Exists(Path.Combine(folder, CellTable.FileName)))
            throw new UsageException($"{folder} is a comparison. Name one of its runs: {string.Join(", ", Runs(folder))}.");
        if (!new RunFolder(folder).HasResult)
            throw new UsageException($"{folder} holds no finished run. Finish it with: sequence train CONFIG --output {folder} --resume");
    }

    private static IEnumerable<string> Runs(string folder) =>
        Directory.Exists(Path.Combine(folder, "cells")) ? Directory.EnumerateDirectories(Path.Combine(folder, "cells")).Order(StringComparer.Ordinal) : [];

    private static GenerationSession Begin(string folder, TrainedModel model, KernelPreference? kernels)
    {
        try
        {
            return model.StartSession(kernels ?? model.Kernels);
        }
        catch (InvalidOperationException problem)
        {
            throw new UsageException($"{folder}: {problem.Message}");
        }
    }

    private static IEnumerable<string> Continue(GenerationSession session, string prompt, GenerationOptions options)
    {
        try
        {
            return session.Generate(prompt, options);
        }
        catch (ArgumentException problem)
        {
            throw new UsageException($"{Prompt.Name}: {problem.Message}");
        }
    }

    private static void Stream(string prompt, IEnumerable<string> pieces)
    {
        Console.Out.Write(prompt);
        foreach (var piece in pieces)
        {
            Console.Out.Write(piece);
            Console.Out.Flush();
        }

        Console.Out.WriteLine();
    }

    private static JsonObject Collected(string folder, string prompt, IEnumerable<string> pieces, FormUsed step)
    {
        var text = new StringBuilder();
        var clock = Stopwatch.StartNew();
        foreach (var piece in pieces)
            text.Append(piece);
        return new JsonObject
        {
            ["run"] = folder,
            ["prompt"] = prompt,
            ["text"] = text.ToString(),
            ["seconds"] = clock.Elapsed.TotalSeconds,
            ["step"] = new JsonObject { ["form"] = step.Form, ["whyNotFused"] = step.WhyNotFused },
        };
    }

    private static void Require<T>(this Option<T> option, Func<T?, bool> holds, string range) => option.Validators.Add(result =>
    {
        if (!holds(result.GetValueOrDefault<T>()))
            result.AddError($"{option.Name}: {range}.");
    });
}
