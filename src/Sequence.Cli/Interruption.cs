using System.CommandLine;

namespace Sequence.Cli;

/// <summary>What a stopped training says: how to go on.</summary>
internal static class Interruption
{
    public static int Guard(ParseResult parsed, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"sequence: interrupted. Continue with: {CommandLine.Resumed(parsed)}");
            return ExitCode.Failure;
        }
    }
}
