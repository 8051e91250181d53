using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Threads that one operator may use.</summary>
    public static int get_num_threads() => Failure.Check(Native.sequence_threads_get(), nameof(get_num_threads));

    public static void set_num_threads(int num) => Failure.Check(Native.sequence_threads_set(num), nameof(set_num_threads));

    /// <summary>Threads that run operators beside each other.</summary>
    public static int get_num_interop_threads() => Failure.Check(Native.sequence_interop_threads_get(), nameof(get_num_interop_threads));

    /// <summary>Can be set once, before the first parallel work.</summary>
    public static void set_num_interop_threads(int num) => Failure.Check(Native.sequence_interop_threads_set(num), nameof(set_num_interop_threads));
}
