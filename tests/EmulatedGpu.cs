using System.Runtime.InteropServices;

namespace Xunit;

/// <summary>The GPU that <c>eng/emulated-gpu.sh</c> gives to libtorch on a machine without one, for this process and those that it starts.</summary>
internal static class EmulatedGpu
{
    private delegate void Setter(int on);

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Missing { get; } =
        Environment.GetEnvironmentVariable("SEQUENCE_EMULATED_GPU") == "1" ? null : "there is no emulated GPU: run the tests by eng/emulated-gpu.sh";

    /// <summary>Does work that has to be such as a CUDA graph can hold: it fails where it would wait for the device, or copies between it and the host.</summary>
    public static void Capture(Action work)
    {
        var set = Marshal.GetDelegateForFunctionPointer<Setter>(NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "emulated_cuda_capture"));
        set(1);
        try
        {
            work();
        }
        finally
        {
            set(0);
        }
    }
}

/// <summary>A fact about the emulated GPU: skipped, with the reason, where there is none. Its class says <c>[Trait("Device", "cuda")]</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EmulatedGpuFactAttribute : FactAttribute
{
    public EmulatedGpuFactAttribute() => Skip = EmulatedGpu.Missing;
}

/// <summary>The same of many cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EmulatedGpuTheoryAttribute : TheoryAttribute
{
    public EmulatedGpuTheoryAttribute() => Skip = EmulatedGpu.Missing;
}
