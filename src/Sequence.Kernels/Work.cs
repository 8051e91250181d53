#if TORCH_SYSTEM
using TorchSharp;
#else
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;
#endif

namespace Sequence.Kernels;

/// <summary>
/// A loop on several threads. With the system provider they are libtorch's own, so that no second pool fights it for the cores; the packages
/// have no call for that, so there they are .NET's, as many as libtorch is set to use.
/// </summary>
internal static unsafe class Work
{
    /// <summary>
    /// Runs <paramref name="body"/> over [begin, end) in ranges, each given as its begin and end; on the calling thread alone where there are
    /// no more than <paramref name="grain"/> indices. Returns when all are done. An exception of the body comes out as it was thrown.
    /// </summary>
    public static void For(long begin, long end, long grain, Action<long, long> body)
    {
#if TORCH_SYSTEM
        SystemLibtorch.ParallelFor(begin, end, grain, body);
#else
        var threads = Math.Min(get_num_threads(), (end - begin + grain - 1) / grain);
        if (threads <= 1)
        {
            body(begin, end);
            return;
        }

        try
        {
            Parallel.For(0, threads, index => body(begin + (end - begin) * index / threads, begin + (end - begin) * (index + 1) / threads));
        }
        catch (AggregateException failure) when (failure.InnerException is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
#endif
    }

    /// <summary>The same with a body that is no object, and what it works on: with the system provider nothing is allocated.</summary>
    public static void For(long begin, long end, long grain, delegate*<void*, long, long, void> body, void* context)
    {
        if (end - begin <= grain)
        {
            body(context, begin, end);
            return;
        }

#if TORCH_SYSTEM
        SystemLibtorch.ParallelFor(begin, end, grain, body, context);
#else
        For(begin, end, grain, (from, to) => body(context, from, to));
#endif
    }
}
