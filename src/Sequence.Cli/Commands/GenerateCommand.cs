using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Caching;
using Sequence.Cli.Output;
using Sequence.Components;
using Sequence.Framework.Plugins;
using Sequence.Framework.Sessions;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence generate RUN --prompt TEXT</c>: streams what a trained language model would write next.</summary>
internal static class GenerateCommand
{
    private static readonly Argument<string> RunArgument = new("RUN") { Description = "The folder of a finished run of a language model." };

    private static readonly Option<string> Prompt = new("--prompt", "-p")
    {
        Description = "What the text begins with, or what goes on behind a saved session.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => "",
    };

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

    private static readonly Option<double> RepetitionPenalty = new("--repetition-penalty")
    {
        Description = "Makes tokens among the last 64 less likely: their logits are divided by it, or multiplied where negative. 1: none.",
        HelpName = "X",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string[]> Stop = new("--stop") { Description = "End before this text. May be repeated.", HelpName = "TEXT", DefaultValueFactory = _ => [] };

    private static readonly Option<string?> Cache = new("--cache")
    {
        Description = "Which entries caches keep: a policy (sequence policies), a policy and its budget (sliding-window:256), JSON, or a file of JSON. Default: what the model was made with.",
        HelpName = "POLICY",
    };

    private static readonly Option<string?> State = new("--state")
    {
        Description = "How what recurrences remember is held: bf16, fp32, bounded-roots:4, JSON, or a file of JSON. Default: as it is computed.",
        HelpName = "POLICY",
    };

    private static readonly Option<string?> Session = new("--session") { Description = "Go on with a session that --save-session wrote, under the policies that it was saved with.", HelpName = "FILE" };

    private static readonly Option<string?> SaveSession = new("--save-session") { Description = "Write the session here when the text ends, for --session to go on with.", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("generate", "Streams text from a trained language model.")
        {
            RunArgument, Prompt, MaxTokens, Temperature, TopK, TopP, RepetitionPenalty, Stop, Seed, Cache, State, Session, SaveSession, Flags.Device, Flags.Kernels,
        };
        command.AddRange(Flags.Everywhere);
        MaxTokens.Require(count => count >= 1, "at least 1");
        Temperature.Require(value => value is >= 0 and <= 100, "0 to 100");
        TopK.Require(count => count is null or >= 1, "at least 1");
        RepetitionPenalty.Require(penalty => penalty is >= 0.01 and <= 100, "0.01 to 100");
        Stop.Require(texts => texts?.Contains("") != true, "an empty text would end everything at once");
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
        var file = parsed.GetValue(Session);
        var options = new SessionOptions
        {
            Cache = Chosen<CachePolicy>(host, Cache, parsed.GetValue(Cache)),
            State = Chosen<StatePolicy>(host, State, parsed.GetValue(State)),
            Kernels = Flags.Preferred(parsed),
        };
        using var session = Begin(folder, model, options, file);
        var pieces = Continue(session, prompt, new GenerationOptions
        {
            MaxTokens = parsed.GetValue(MaxTokens),
            Temperature = parsed.GetValue(Temperature),
            TopK = parsed.GetValue(TopK),
            TopP = parsed.GetValue(TopP),
            RepetitionPenalty = parsed.GetValue(RepetitionPenalty),
            StopTexts = parsed.GetValue(Stop)!,

            // a session goes on with its own stream unless it is told otherwise
            Seed = file is null || parsed.GetResult(Seed) is { Implicit: false } ? parsed.GetValue(Seed) : null,
        });
        if (parsed.GetValue(Flags.Verbose))
            Console.Error.WriteLine($"sequence: each token: {session.StepForm}");
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(Collected(folder, prompt, pieces, session));
        else
            Stream(prompt, pieces);
        if (parsed.GetValue(SaveSession) is { } path)
            session.Save(path);
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

    /// <summary>A policy as it is written in a word; null where none is.</summary>
    private static Component<T>? Chosen<T>(SequenceHost host, Option option, string? text)
        where T : class
        => text is null ? null : host.Components.Read<T>(text, option.Name);

    private static GenerationSession Begin(string folder, TrainedModel model, SessionOptions options, string? file)
    {
        if (file is not null && !File.Exists(file))
            throw new UsageException($"{Session.Name}: there is no file {file}.");
        try
        {
            return file is null ? model.StartSession(options) : model.LoadSession(file, options);
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

    private static JsonObject Collected(string folder, string prompt, IEnumerable<string> pieces, GenerationSession session)
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
            ["end"] = session.End is { } end ? JsonNamingPolicy.KebabCaseLower.ConvertName(end.ToString()) : null,
            ["position"] = session.Position,
            ["policy"] = session.Options.Cache?.Name,
            ["statePolicy"] = session.Options.State?.Name,
            ["stateBytes"] = session.StateBytes,
            ["peakStateBytes"] = session.PeakStateBytes,
            ["reservedBytes"] = session.ReservedBytes,
            ["step"] = new JsonObject { ["form"] = session.StepForm.Form, ["whyNotFused"] = session.StepForm.WhyNotFused },
        };
    }

    private static void Require<T>(this Option<T> option, Func<T?, bool> holds, string range) => option.Validators.Add(result =>
    {
        if (!holds(result.GetValueOrDefault<T>()))
            result.AddError($"{option.Name}: {range}.");
    });
}
