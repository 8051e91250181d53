using TorchSharp;

namespace Xunit;

/// <summary>A fact about CUDA devices: skipped, with the reason, where there are none. Its class says <c>[Trait("Device", "cuda")]</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CudaFactAttribute : FactAttribute
{
    public CudaFactAttribute() => Skip = CudaDevice.Missing;
}

/// <summary>The same of many cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CudaTheoryAttribute : TheoryAttribute
{
    public CudaTheoryAttribute() => Skip = CudaDevice.Missing;
}

/// <summary>Whether there is a CUDA device.</summary>
internal static class CudaDevice
{
    /// <summary>Why not; null where there is one.</summary>
    public static string? Missing { get; } = torch.cuda.is_available() ? null : "there is no CUDA device here, or this libtorch has no CUDA";
}
