using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>Automatic mixed precision on one thread, from <see cref="SystemLibtorch.Autocast"/> to its disposal, when what held before holds again.</summary>
public sealed class AutocastScope : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly int _device;
    private readonly int _before;
    private bool _ended;

    internal AutocastScope(DeviceType device, torch.ScalarType? dtype)
    {
        _device = (int)device;
        _before = Failure.Check(Native.sequence_autocast_get(_device), nameof(SystemLibtorch.Autocast));
        Failure.Check(Native.sequence_autocast_set(_device, dtype is { } element ? (int)element + 1 : 0), nameof(SystemLibtorch.Autocast));
        Failure.Check(Native.sequence_autocast_enter(), nameof(SystemLibtorch.Autocast));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ended)
            return;
        if (_thread != Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("autocast belongs to a thread: end it on the one that began it, without an await in between.");
        _ended = true;
        Failure.Check(Native.sequence_autocast_leave(), nameof(SystemLibtorch.Autocast));
        Failure.Check(Native.sequence_autocast_set(_device, _before), nameof(SystemLibtorch.Autocast));
    }
}
