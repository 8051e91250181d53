using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sequence.Cli;

/// <summary>
/// Ctrl-C (SIGINT) and SIGTERM ask for a stop, so that a checkpoint is written first; the second one ends the process at once. Files are
/// written atomically, so even that loses no more than the steps since the last checkpoint.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly IReadOnlyList<PosixSignalRegistration> _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }

        Console.Error.WriteLine("Stopping after this step, with a checkpoint. Once more ends at once.");
        _source.Cancel();
    }
}
