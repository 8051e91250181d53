using System.CommandLine;
using Sequence.Cli.Output;

namespace Sequence.Cli.Progress;

/// <summary>Chooses how progress is shown.</summary>
internal static class ProgressViews
{
    /// <summary>Bars on a terminal, lines elsewhere; on standard error when standard output is for machines.</summary>
    public static IProgressView Of(ParseResult parsed)
    {
        var screen = Screen.Of(parsed);
        return screen.IsLive() ? new LiveProgress(screen) : new PlainProgress(screen.Profile.Out.Writer, TimeProvider.System);
    }
}
