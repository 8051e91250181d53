using System.Diagnostics;
using System.Security.Cryptography;
using Sequence.Kernels.Cuda;

namespace Xunit;

/// <summary>
/// Kernels for a GPU, run on the CPU as they are written (<c>device.h</c>): compiled by g++ in place of NVRTC, launched by an emulated driver. While one is open on a thread,
/// the fused forms take tensors on the CPU to be on a GPU.
/// </summary>
internal sealed class CudaEmulator : IDisposable
{
    private static readonly Lazy<CudaPlatform> _platform = new(() => CudaPlatform.Open(Build(), Images));

    // where eng/emulated-gpu.sh keeps them too, for the test projects of one run
    private static string Images => Path.Combine(Path.GetTempPath(), "sequence-emulated-gpu", "sequence-framework", "cuda");

    private CudaEmulator() => CudaPlatform.Emulate(_platform.Value);

    /// <summary>Emulates a GPU on this thread until it is disposed of.</summary>
    public static CudaEmulator Start() => new();

    /// <summary>Emulates one where a test's form is "cuda", and does nothing for any other.</summary>
    public static CudaEmulator? For(string form) => form == "cuda" ? Start() : null;

    /// <summary>Puts the library that stands for driver and compiler into a folder, to be opened as another platform.</summary>
    public static string CopyTo(string folder)
    {
        var library = Build();
        File.Copy(Path.Combine(Path.GetDirectoryName(library)!, "device.h"), Path.Combine(folder, "device.h"), overwrite: true);
        // under another name at each call: what is loaded is never written over
        var copy = Path.Combine(folder, $"{Guid.NewGuid():n}.so");
        File.Copy(library, copy);
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose() => CudaPlatform.Emulate(null);

    // named by what it is made of, and the header beside it
    private static string Build()
    {
        var sources = Path.Combine(AppContext.BaseDirectory, "CudaEmulator");
        byte[] all = [.. File.ReadAllBytes(Path.Combine(sources, "driver.cpp")), .. File.ReadAllBytes(Path.Combine(sources, "device.h"))];
        var library = Path.Combine(sources, $"libcuda-emulator-{Convert.ToHexStringLower(SHA256.HashData(all))[..16]}.so");
        if (File.Exists(library))
            return library;
        var partial = $"{library}.{Guid.NewGuid():n}";
        using var compiler = Process.Start(new ProcessStartInfo("g++", ["-std=c++17", "-O1", "-shared", "-fPIC", Path.Combine(sources, "driver.cpp"), "-ldl", "-o", partial]) { RedirectStandardError = true })!;
        var errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, $"The emulator of a GPU does not compile:\n{errors}");
        File.Move(partial, library, overwrite: true);
        return library;
    }
}
