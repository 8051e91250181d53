using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>
/// What this provider offers beyond TorchSharp's API. Nothing of it exists in the real packages: whoever uses it keeps it
/// in one place, with a way around.
/// </summary>
public static unsafe class SystemLibtorch
{
    /// <summary>The version of the libtorch that is loaded.</summary>
    public static string Version => Failure.Text(Native.sequence_version());

    /// <summary>The BLAS that matrix products run on, with the path of its library; "unknown (path)" for one that does not tell.</summary>
    public static string Blas => Failure.Text(Native.sequence_blas());

    /// <summary>How libtorch was built, several lines.</summary>
    public static string Configuration => Failure.Text(Native.sequence_config());

    /// <summary>Thread pools and their sizes, several lines.</summary>
    public static string ParallelInfo => Failure.Text(Native.sequence_parallel_info());

    /// <summary>
    /// Splits [<paramref name="begin"/>, <paramref name="end"/>) into ranges of at least <paramref name="grain"/> and runs the body
    /// on them in libtorch's own threads, so that no second pool fights it for the cores. Returns when all are done;
    /// an exception of the body comes out as it was thrown.
    /// </summary>
    public static void ParallelFor(long begin, long end, long grain, Action<long, long> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var handle = Callbacks.Hold(body);
        try
        {
            Failure.Check(Native.sequence_parallel_for(begin, end, Math.Max(1, grain), &RunRange, &Callbacks.Release, handle), nameof(ParallelFor));
        }
        finally
        {
            GCHandle.FromIntPtr(handle).Free();
        }
    }

    /// <summary>The same with a body that is no object: nothing is allocated.</summary>
    /// <param name="begin">The first index.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="grain">The shortest range that is worth a thread.</param>
    /// <param name="body">Given <paramref name="context"/>, and the begin and the end of a range.</param>
    /// <param name="context">Whatever the body works on; good until this returns.</param>
    public static void ParallelFor(long begin, long end, long grain, delegate*<void*, long, long, void> body, void* context)
    {
        var range = new Range(body, context);
        Failure.Check(Native.sequence_parallel_for(begin, end, Math.Max(1, grain), &RunPointer, &Callbacks.Release, (IntPtr)(&range)), nameof(ParallelFor));
    }

    /// <summary>
    /// Gives the memory that freed tensors left on the CPU back to the system. The process keeps it otherwise, so that the next tensors need not be fetched
    /// from the system page by page.
    /// </summary>
    public static void ReturnFreedMemory() => FreedMemory.Return();

    /// <summary>The address of a tensor's first element, on its device; good while the tensor lives.</summary>
    public static IntPtr Address(torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return (IntPtr)tensor.Address();
    }

    /// <summary>Memory of libtorch's CUDA allocator, in bytes; null where this build can't tell (no CUDA, or no toolkit headers when it was built).</summary>
    public static CudaMemory? Memory(int device = 0)
    {
        if (!torch.cuda.is_available())
            return null;
        var statistics = stackalloc long[4];
        return Failure.Check(Native.sequence_cuda_memory(device, statistics), nameof(Memory)) != 0
            ? new CudaMemory(statistics[0], statistics[1], statistics[2], statistics[3])
            : null;
    }

    /// <summary>Starts the peaks anew; false where this build can't.</summary>
    public static bool ResetPeakMemory(int device = 0) =>
        torch.cuda.is_available() && Failure.Check(Native.sequence_cuda_reset_peak(device), nameof(ResetPeakMemory)) != 0;

    /// <summary>Gives cached CUDA memory back to the driver; false where this build can't.</summary>
    public static bool EmptyCache() => torch.cuda.is_available() && Failure.Check(Native.sequence_cuda_empty_cache(), nameof(EmptyCache)) != 0;

    /// <summary>The driver's handle of the CUDA stream on which this thread queues work now, for kernels of one's own; null where this build can't tell.</summary>
    public static IntPtr? CurrentStream(int device = 0)
    {
        if (!torch.cuda.is_available())
            return null;
        IntPtr stream;
        return Failure.Check(Native.sequence_stream_handle(device, &stream), nameof(CurrentStream)) != 0 ? stream : null;
    }

    /// <summary>As <c>clip_grad_norm_</c> by 2-norms, without waiting for the device.</summary>
    /// <returns>The norm before clipping, [], where the gradients are.</returns>
    public static torch.Tensor ClipGradNorm(IEnumerable<Modules.Parameter> parameters, double largest) => torch.nn.utils.ClipOnDevice(parameters, largest);

    /// <summary>
    /// Begins libtorch's automatic mixed precision on this thread: products (linear maps, convolutions, attention) are computed in
    /// <paramref name="dtype"/>, whatever float32 they are given, and what would suffer is left in float32. It is for forward passes: call backward after
    /// its end, which takes the element types that the forward pass used.
    /// </summary>
    /// <param name="device">The type of device whose operators it is for.</param>
    /// <param name="dtype">What products are computed in; null turns a surrounding scope off.</param>
    public static AutocastScope Autocast(DeviceType device, torch.ScalarType? dtype) => new(device, dtype);

    /// <summary>What products on a type of device are computed in on this thread; null where autocast is off.</summary>
    public static torch.ScalarType? AutocastType(DeviceType device) =>
        Failure.Check(Native.sequence_autocast_get((int)device), nameof(AutocastType)) is > 0 and var element ? (torch.ScalarType)(element - 1) : null;

    [UnmanagedCallersOnly]
    private static IntPtr RunRange(IntPtr context, long begin, long end)
    {
        try
        {
            Callbacks.Held<Action<long, long>>(context)(begin, end);
            return 0;
        }
        catch (Exception exception)
        {
            return Callbacks.Hold(exception);
        }
    }

    [UnmanagedCallersOnly]
    private static IntPtr RunPointer(IntPtr range, long begin, long end)
    {
        try
        {
            var whole = (Range*)range;
            whole->Body(whole->Context, begin, end);
            return 0;
        }
        catch (Exception exception)
        {
            return Callbacks.Hold(exception);
        }
    }

    private readonly struct Range(delegate*<void*, long, long, void> body, void* context)
    {
        public readonly delegate*<void*, long, long, void> Body = body;
        public readonly void* Context = context;
    }
}

/// <summary>Bytes of one CUDA device: in tensors, held from the driver, and the highest of both since the last reset.</summary>
public sealed record CudaMemory(long Allocated, long Reserved, long PeakAllocated, long PeakReserved);
