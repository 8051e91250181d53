using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>
/// A moment in the work of a CUDA stream. Two of them measure what the device did in between, whatever the host did meanwhile:
/// <code>
/// before.Record(); work(); after.Record();
/// after.Synchronize();
/// var milliseconds = before.ElapsedMilliseconds(after);
/// </code>
/// </summary>
public sealed unsafe class CudaEvent : IDisposable
{
    private IntPtr _handle;

    /// <exception cref="InvalidOperationException">There is no CUDA here.</exception>
    public CudaEvent()
    {
        CudaStream.IndexOf(null);
        IntPtr created;
        Failure.Check(Native.sequence_event_new(&created), nameof(CudaEvent));
        _handle = created;
    }

    /// <summary>Ends an event that nobody disposed of.</summary>
    ~CudaEvent() => Release();

    internal IntPtr Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle == 0, this);
            return _handle;
        }
    }

    /// <summary>Queues it behind all that is queued on a stream so far; recorded again, it is the later moment.</summary>
    /// <param name="stream">Null for this thread's current one.</param>
    public void Record(CudaStream? stream = null) => (stream ?? CudaStream.Current()).Record(Handle);

    /// <summary>Waits until the device has come to it. One that was not recorded is over at once.</summary>
    public void Synchronize() => Failure.Check(Native.sequence_event_synchronize(Handle), nameof(Synchronize));

    /// <summary>Milliseconds of the device's clock from this moment to a later one; both have to be over.</summary>
    public double ElapsedMilliseconds(CudaEvent later)
    {
        ArgumentNullException.ThrowIfNull(later);
        double milliseconds;
        Failure.Check(Native.sequence_event_elapsed(Handle, later.Handle, &milliseconds), nameof(ElapsedMilliseconds));
        return milliseconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
            Native.sequence_event_release(handle);
    }
}
