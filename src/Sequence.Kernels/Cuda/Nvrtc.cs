using System.Runtime.InteropServices;
using System.Text;

namespace Sequence.Kernels.Cuda;

/// <summary>NVIDIA's compiler of kernels at run time: CUDA C++ in, what the driver loads out.</summary>
internal sealed unsafe class Nvrtc
{
    private readonly delegate* unmanaged<int*, int*, int> _version;
    private readonly delegate* unmanaged<int*, int> _architectureCount;
    private readonly delegate* unmanaged<int*, int> _architectures;
    private readonly delegate* unmanaged<IntPtr*, byte*, byte*, int, byte**, byte**, int> _create;
    private readonly delegate* unmanaged<IntPtr, int, byte**, int> _compile;
    private readonly delegate* unmanaged<IntPtr, nuint*, int> _logSize, _cubinSize, _ptxSize;
    private readonly delegate* unmanaged<IntPtr, byte*, int> _log, _cubin, _ptx;
    private readonly delegate* unmanaged<IntPtr*, int> _destroy;
    private readonly delegate* unmanaged<int, byte*> _errorText;

    /// <summary>Of a library that has its functions.</summary>
    /// <exception cref="CudaException">It lacks one.</exception>
    public Nvrtc(CudaLibrary library)
    {
        Library = library;
        _version = (delegate* unmanaged<int*, int*, int>)library.Function("nvrtcVersion");
        _architectureCount = (delegate* unmanaged<int*, int>)library.Function("nvrtcGetNumSupportedArchs");
        _architectures = (delegate* unmanaged<int*, int>)library.Function("nvrtcGetSupportedArchs");
        _create = (delegate* unmanaged<IntPtr*, byte*, byte*, int, byte**, byte**, int>)library.Function("nvrtcCreateProgram");
        _compile = (delegate* unmanaged<IntPtr, int, byte**, int>)library.Function("nvrtcCompileProgram");
        _logSize = (delegate* unmanaged<IntPtr, nuint*, int>)library.Function("nvrtcGetProgramLogSize");
        _log = (delegate* unmanaged<IntPtr, byte*, int>)library.Function("nvrtcGetProgramLog");
        _cubinSize = (delegate* unmanaged<IntPtr, nuint*, int>)library.Function("nvrtcGetCUBINSize");
        _cubin = (delegate* unmanaged<IntPtr, byte*, int>)library.Function("nvrtcGetCUBIN");
        _ptxSize = (delegate* unmanaged<IntPtr, nuint*, int>)library.Function("nvrtcGetPTXSize");
        _ptx = (delegate* unmanaged<IntPtr, byte*, int>)library.Function("nvrtcGetPTX");
        _destroy = (delegate* unmanaged<IntPtr*, int>)library.Function("nvrtcDestroyProgram");
        _errorText = (delegate* unmanaged<int, byte*>)library.Function("nvrtcGetErrorString");

        int major, minor;
        Check(_version(&major, &minor), "nvrtcVersion");
        Version = new(major, minor);
        int count;
        Check(_architectureCount(&count), "nvrtcGetNumSupportedArchs");
        var architectures = new int[count];
        fixed (int* first = architectures)
            Check(_architectures(first), "nvrtcGetSupportedArchs");
        Architectures = architectures;
    }

    /// <summary>The library.</summary>
    public CudaLibrary Library { get; }

    /// <summary>Its version.</summary>
    public Version Version { get; }

    /// <summary>The architectures that it compiles for: 90 for compute capability 9.0.</summary>
    public IReadOnlyList<int> Architectures { get; }

    /// <summary>Compiles a source to machine code of an architecture, or, where the compiler is older than that, to PTX of the newest one that it knows, which the driver compiles.</summary>
    /// <exception cref="CudaException">It does not compile; the message has the compiler's words.</exception>
    public byte[] Compile(CudaSource source, int architecture)
    {
        var isKnown = Architectures.Contains(architecture);
        var target = isKnown ? $"sm_{architecture}" : $"compute_{Architectures.Where(known => known < architecture).DefaultIfEmpty(Architectures[0]).Max()}";
        using var texts = new Texts([source.Text, source.Name, .. CudaSource.Headers.Values, .. CudaSource.Headers.Keys, $"--gpu-architecture={target}", .. source.Options]);
        var headers = CudaSource.Headers.Count;
        IntPtr program;
        Check(_create(&program, texts[0], texts[1], headers, texts.From(2), texts.From(2 + headers)), "nvrtcCreateProgram");
        try
        {
            var status = _compile(program, source.Options.Count + 1, texts.From(2 + 2 * headers));
            if (status != 0)
                throw new CudaException($"{source.Name} does not compile for {target} with NVRTC {Version} ({Text(_errorText(status))}):\n{Encoding.UTF8.GetString(Read(program, _logSize, _log)).TrimEnd('\0')}");
            return isKnown ? Read(program, _cubinSize, _cubin) : Read(program, _ptxSize, _ptx);
        }
        finally
        {
            _destroy(&program);
        }
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((IntPtr)text) ?? "unknown";

    private byte[] Read(IntPtr program, delegate* unmanaged<IntPtr, nuint*, int> sizeOf, delegate* unmanaged<IntPtr, byte*, int> read)
    {
        nuint size;
        Check(sizeOf(program, &size), "size");
        var bytes = new byte[(int)size];
        fixed (byte* first = bytes)
            Check(read(program, first), "read");
        return bytes;
    }

    private void Check(int status, string call)
    {
        if (status != 0)
            throw new CudaException($"NVRTC ({Library.Name}) refused {call}: {Text(_errorText(status))}.");
    }

    /// <summary>Strings in native memory, end to end an array of addresses.</summary>
    private sealed class Texts : IDisposable
    {
        private readonly IntPtr* _all;
        private readonly int _count;

        public Texts(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            _all = (IntPtr*)NativeMemory.Alloc((nuint)_count, (nuint)sizeof(IntPtr));
            for (var text = 0; text < _count; text++)
                _all[text] = Marshal.StringToCoTaskMemUTF8(texts[text]);
        }

        public byte* this[int text] => (byte*)_all[text];

        public byte** From(int text) => (byte**)(_all + text);

        public void Dispose()
        {
            for (var text = 0; text < _count; text++)
                Marshal.FreeCoTaskMem(_all[text]);
            NativeMemory.Free(_all);
        }
    }
}
