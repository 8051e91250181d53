using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A queue of work on a CUDA device. Each thread has a current one a device, which its operators go to; at first that is the device's default stream.</summary>
public sealed unsafe class CudaStream : IEquatable<CudaStream>
{
    private readonly long _id;

    private CudaStream(int device, long id) => (Device, _id) = (device, id);

    /// <summary>The index of its device.</summary>
    public int Device { get; }

    /// <summary>Whether it is its device's default stream, on which nothing can be captured.</summary>
    public bool IsDefault => _id == 0;

    /// <summary>The stream on which this thread queues work for a device; null is the current device.</summary>
    /// <exception cref="InvalidOperationException">There is no CUDA here.</exception>
    public static CudaStream Current(int? device = null)
    {
        var index = IndexOf(device);
        long id;
        Failure.Check(Native.sequence_stream_current(index, &id), nameof(Current));
        return new(index, id);
    }

    /// <summary>A side stream of libtorch's pool, whose streams are handed out in turn: free to take, and nobody's to give back.</summary>
    /// <exception cref="InvalidOperationException">There is no CUDA here.</exception>
    public static CudaStream FromPool(int? device = null)
    {
        var index = IndexOf(device);
        long id;
        Failure.Check(Native.sequence_stream_from_pool(index, &id), nameof(FromPool));
        return new(index, id);
    }

    /// <summary>Makes it this thread's current stream of its device, until the result is disposed of on the same thread.</summary>
    public IDisposable Use() => new Guard(this);

    /// <summary>Waits until all that was queued on it is done.</summary>
    public void Synchronize() => Failure.Check(Native.sequence_stream_synchronize(Device, _id), nameof(Synchronize));

    /// <summary>What is queued on it from now on begins after what <paramref name="moment"/> was recorded behind. The calling thread does not wait.</summary>
    public void WaitFor(CudaEvent moment)
    {
        ArgumentNullException.ThrowIfNull(moment);
        Failure.Check(Native.sequence_event_block(moment.Handle, Device, _id), nameof(WaitFor));
    }

    /// <inheritdoc/>
    public bool Equals(CudaStream? other) => other is not null && (other.Device, other._id) == (Device, _id);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CudaStream);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Device, _id);

    /// <inheritdoc/>
    public override string ToString() => IsDefault ? $"the default stream of cuda:{Device}" : $"stream {_id} of cuda:{Device}";

    internal static int IndexOf(int? device)
    {
        if (!torch.cuda.is_available())
            throw new InvalidOperationException("there is no CUDA device here: streams, events and graphs are for CUDA alone.");
        return device ?? Failure.Check(Native.sequence_cuda_device_current(), nameof(CudaStream));
    }

    internal void Record(IntPtr moment) => Failure.Check(Native.sequence_event_record(moment, Device, _id), nameof(Record));

    private sealed class Guard : IDisposable
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private readonly int _device;
        private readonly long _before;
        private bool _ended;

        internal Guard(CudaStream stream)
        {
            long before;
            Failure.Check(Native.sequence_stream_exchange(stream.Device, stream._id, &before), nameof(Use));
            (_device, _before) = (stream.Device, before);
        }

        public void Dispose()
        {
            if (_ended)
                return;
            if (_thread != Environment.CurrentManagedThreadId)
                throw new InvalidOperationException("a current stream belongs to a thread: end its use on the one that began it, without an await in between.");
            _ended = true;
            long left;
            Failure.Check(Native.sequence_stream_exchange(_device, _before, &left), nameof(Use));
        }
    }
}
