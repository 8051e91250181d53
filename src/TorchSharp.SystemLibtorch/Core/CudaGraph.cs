using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>
/// Work for a CUDA device that was queued once and is launched again as a whole, which costs the host one call instead of one an operator. A launch reads
/// and writes the very memory that the captured work did: write new inputs into the tensors that it read, with <c>copy_</c>, and read its outputs from the
/// tensors that it made, which the caller has to keep.
/// <para>
/// Captured work may not wait for the device (<c>item</c>, copies to the CPU), depend on what the device computes, or meet anything for the first time
/// (libraries and kernels that are loaded or tuned on first use): run it a few times before.
/// </para>
/// </summary>
public sealed unsafe class CudaGraph : IDisposable
{
    private IntPtr _handle;

    private CudaGraph(IntPtr handle) => _handle = handle;

    /// <summary>Ends a graph that nobody disposed of.</summary>
    ~CudaGraph() => Release();

    /// <summary>Why there are no graphs here, in words; null where there are.</summary>
    public static string? Refusal =>
        !torch.cuda.is_available() ? "there is no CUDA device here"
        : Native.sequence_graph_supported() == 0 ? "this build has no CUDA graphs: it was compiled without the CUDA toolkit's headers"
        : null;

    /// <summary>Runs <paramref name="work"/> once on the host, with a side stream as the current one, to write down what it queues. Nothing of it is computed yet.</summary>
    /// <param name="work">What to capture.</param>
    /// <param name="device">The index of its device; null is the current one.</param>
    /// <exception cref="NotSupportedException">There are no graphs here: see <see cref="Refusal"/>.</exception>
    /// <exception cref="TorchException">The work did what can't be captured.</exception>
    public static CudaGraph Capture(Action work, int? device = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (Refusal is { } refusal)
            throw new NotSupportedException($"No graph can be captured: {refusal}.");
        IntPtr handle;
        Failure.Check(Native.sequence_graph_begin(CudaStream.IndexOf(device), &handle), nameof(Capture));
        var graph = new CudaGraph(handle);
        try
        {
            work();
        }
        catch
        {
            // what the work threw counts, not that its capture is broken
            _ = Native.sequence_graph_end(handle);
            Native.sequence_error_clear();
            graph.Dispose();
            throw;
        }

        var ended = Native.sequence_graph_end(handle);
        if (ended < 0)
        {
            var broken = Failure.Exception(ended, nameof(Capture));
            graph.Dispose();
            throw broken;
        }

        return graph;
    }

    /// <summary>Queues all of it on this thread's current stream.</summary>
    public void Replay()
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        Failure.Check(Native.sequence_graph_replay(_handle), nameof(Replay));
    }

    /// <summary>Frees the graph and the memory that its work took. Wait for its launches before.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
            _ = Native.sequence_graph_release(handle);
    }
}
