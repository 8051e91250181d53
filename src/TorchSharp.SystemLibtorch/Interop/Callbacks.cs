using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

// Objects that native code holds for us, and the way an exception travels through it: as a handle that it gives back or frees.
internal static class Callbacks
{
    internal static IntPtr Hold(object value) => GCHandle.ToIntPtr(GCHandle.Alloc(value));

    internal static T Held<T>(IntPtr handle) where T : class => (T)GCHandle.FromIntPtr(handle).Target!;

    [UnmanagedCallersOnly]
    internal static void Release(IntPtr handle) => GCHandle.FromIntPtr(handle).Free();
}
