using System.CommandLine;
using Sequence.Framework.Configuration;

namespace Sequence.Cli;

/// <summary>Parses the arguments, runs the verb, and turns whatever goes wrong into a message for people and an exit code.</summary>
internal static class CommandLine
{
    private static readonly InvocationConfiguration Plain = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    public static int Invoke(string[] args, RootCommand root)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
            return Misused(parsed);

        try
        {
            return parsed.Invoke(Plain);
        }
        catch (Exception problem)
        {
            return Failure.Report(problem, parsed.GetValue(Flags.Verbose));
        }
    }

    /// <summary>The command as typed, quoted for a shell.</summary>
    public static string Text(ParseResult parsed) => string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value)).Prepend("sequence"));

    /// <summary>The command that continues what <paramref name="parsed"/> began.</summary>
    public static string Resumed(ParseResult parsed) => parsed.GetValue(Flags.Resume) ? Text(parsed) : $"{Text(parsed)} {Flags.Resume.Name}";

    private static int Misused(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        IEnumerable<string> known = [.. command.Subcommands.Select(verb => verb.Name), .. command.Options.Select(option => option.Name)];
        var messages = parsed.UnmatchedTokens.Count > 0
            ? parsed.UnmatchedTokens.Select(token => $"'{token}' is not understood{NearMatches.Ending(token, known)}")
            : parsed.Errors.Select(error => error.Message);
        foreach (var message in messages)
            Console.Error.WriteLine($"sequence: {message}");
        Console.Error.WriteLine($"See: sequence{(command is RootCommand ? "" : $" {command.Name}")} --help");
        return ExitCode.BadInput;
    }

    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=,@%+".Contains(letter))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
