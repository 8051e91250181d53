using System.Runtime.InteropServices;

namespace Sequence.Kernels.Cuda;

/// <summary>The part of CUDA's driver that loads and launches kernels.</summary>
internal sealed unsafe class CudaDriver
{
    private readonly CudaLibrary _library;
    private readonly delegate* unmanaged<int*, int, int> _device;
    private readonly delegate* unmanaged<int*, int, int, int> _attribute;
    private readonly delegate* unmanaged<IntPtr*, int, int> _retain;
    private readonly delegate* unmanaged<IntPtr, int> _push;
    private readonly delegate* unmanaged<IntPtr*, int> _pop;
    private readonly delegate* unmanaged<IntPtr*, byte*, int> _load;
    private readonly delegate* unmanaged<IntPtr*, IntPtr, byte*, int> _function;
    private readonly delegate* unmanaged<IntPtr, uint, uint, uint, uint, uint, uint, uint, IntPtr, void**, void**, int> _launch;
    private readonly delegate* unmanaged<int, byte**, int> _errorName, _errorText;

    /// <summary>Of a library that has its functions.</summary>
    /// <exception cref="CudaException">It lacks one, or there is no GPU.</exception>
    public CudaDriver(CudaLibrary library)
    {
        _library = library;
        _device = (delegate* unmanaged<int*, int, int>)library.Function("cuDeviceGet");
        _attribute = (delegate* unmanaged<int*, int, int, int>)library.Function("cuDeviceGetAttribute");
        _retain = (delegate* unmanaged<IntPtr*, int, int>)library.Function("cuDevicePrimaryCtxRetain");
        _push = (delegate* unmanaged<IntPtr, int>)library.Function("cuCtxPushCurrent_v2");
        _pop = (delegate* unmanaged<IntPtr*, int>)library.Function("cuCtxPopCurrent_v2");
        _load = (delegate* unmanaged<IntPtr*, byte*, int>)library.Function("cuModuleLoadData");
        _function = (delegate* unmanaged<IntPtr*, IntPtr, byte*, int>)library.Function("cuModuleGetFunction");
        _launch = (delegate* unmanaged<IntPtr, uint, uint, uint, uint, uint, uint, uint, IntPtr, void**, void**, int>)library.Function("cuLaunchKernel");
        _errorName = (delegate* unmanaged<int, byte**, int>)library.Function("cuGetErrorName");
        _errorText = (delegate* unmanaged<int, byte**, int>)library.Function("cuGetErrorString");
        Check(((delegate* unmanaged<uint, int>)library.Function("cuInit"))(0), "cuInit");
    }

    /// <summary>An attribute of a device, by the number that CUDA's headers give it.</summary>
    public int Attribute(int device, int attribute)
    {
        int value, handle;
        Check(_device(&handle, device), "cuDeviceGet");
        Check(_attribute(&value, attribute, handle), "cuDeviceGetAttribute");
        return value;
    }

    /// <summary>The context that libtorch uses on a device too.</summary>
    public IntPtr PrimaryContext(int device)
    {
        int handle;
        IntPtr context;
        Check(_device(&handle, device), "cuDeviceGet");
        Check(_retain(&context, handle), "cuDevicePrimaryCtxRetain");
        return context;
    }

    /// <summary>Makes a context this thread's, until <see cref="Pop"/>.</summary>
    public void Push(IntPtr context) => Check(_push(context), "cuCtxPushCurrent");

    /// <summary>Gives this thread the context back that it had.</summary>
    public void Pop()
    {
        IntPtr context;
        Check(_pop(&context), "cuCtxPopCurrent");
    }

    /// <summary>Loads what the compiler gave, into the context of this thread; zero where the driver does not take it.</summary>
    /// <param name="image">As <see cref="Nvrtc.Compile"/> gives it.</param>
    /// <param name="refusal">What the driver says then.</param>
    public IntPtr TryLoad(ReadOnlySpan<byte> image, out string? refusal)
    {
        IntPtr module;
        int status;
        fixed (byte* first = image)
            status = _load(&module, first);
        refusal = status == 0 ? null : Words(status);
        return status == 0 ? module : 0;
    }

    /// <summary>A kernel of what was loaded.</summary>
    public IntPtr Function(IntPtr module, string name)
    {
        IntPtr function;
        var text = Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            Check(_function(&function, module, (byte*)text), $"cuModuleGetFunction({name})");
            return function;
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>Queues a kernel with one argument, which is copied.</summary>
    public void Launch(string name, IntPtr function, (long X, int Y) grid, int threads, int sharedBytes, IntPtr stream, void* argument)
    {
        if (grid.X > int.MaxValue)
            throw new CudaException($"{name} would need {grid.X} blocks, more than a launch takes: split the batch.");
        Check(_launch(function, (uint)grid.X, (uint)grid.Y, 1, (uint)threads, 1, 1, (uint)sharedBytes, stream, &argument, null), $"cuLaunchKernel({name})");
    }

    private void Check(int status, string call)
    {
        if (status != 0)
            throw new CudaException($"The CUDA driver ({_library.Name}) refused {call}: {Words(status)}.");
    }

    private string Words(int status)
    {
        byte* name = null, text = null;
        _errorName(status, &name);
        _errorText(status, &text);
        return $"{Marshal.PtrToStringUTF8((IntPtr)name) ?? $"error {status}"}, {Marshal.PtrToStringUTF8((IntPtr)text) ?? "unknown"}";
    }
}
