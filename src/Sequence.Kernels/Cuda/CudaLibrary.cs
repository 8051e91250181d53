using System.Runtime.InteropServices;

namespace Sequence.Kernels.Cuda;

/// <summary>A native library that was found at run time.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Handle">As the system gave it.</param>
internal sealed record CudaLibrary(string Name, IntPtr Handle)
{
    /// <summary>The address of a function.</summary>
    /// <exception cref="CudaException">The library has none of that name.</exception>
    public IntPtr Function(string name) => NativeLibrary.TryGetExport(Handle, name, out var address)
        ? address
        : throw new CudaException($"{Name} has no function {name}: it is too old, or no such library at all.");
}
