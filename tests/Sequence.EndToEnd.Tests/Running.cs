using System.Diagnostics;

namespace Sequence.EndToEnd.Tests;

/// <summary>What a command that ended left.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>The built command as a process of its own, its output piped.</summary>
public sealed class Running
{
    // what one test verified, the others need not; the user's own cache is left alone
    private static readonly string? Cache =
        EmulatedGpu.Missing is null ? Environment.GetEnvironmentVariable("XDG_CACHE_HOME") : Path.Combine(AppContext.BaseDirectory, "cache");

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    /// <summary>Starts it in a folder.</summary>
    public Running(string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["XDG_CACHE_HOME"] = Cache;
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "sequence.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Waits for its end.</summary>
    public Outcome End()
    {
        _process.WaitForExit();
        var outcome = new Outcome(_process.ExitCode, _output.GetAwaiter().GetResult(), _error.GetAwaiter().GetResult());
        _process.Dispose();
        return outcome;
    }

    /// <summary>SIGKILL: no chance to tidy up.</summary>
    public Outcome Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
        return End();
    }

    /// <summary>SIGTERM or another signal, by its name.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until a file or folder is there, or the command has ended.</summary>
    public void WaitFor(Func<bool> moment)
    {
        while (!moment() && !_process.HasExited)
            Thread.Sleep(10);
    }
}
