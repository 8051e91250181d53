#if TORCH_SYSTEM
using TorchSharp;

namespace Sequence.Framework.Models;

/// <summary>A CUDA graph.</summary>
internal sealed class CudaStepGraph : IStepGraph
{
    private readonly CudaGraph _graph;
    private readonly torch.Device _device;

    private CudaStepGraph(CudaGraph graph, torch.Device device) => (_graph, _device) = (graph, device);

    /// <summary>Why there are none here, in words; null where there are.</summary>
    public static string? Refusal { get; } = CudaGraph.Refusal;

    /// <summary>Captures work on a device.</summary>
    public static IStepGraph Capture(Action work, torch.Device device) =>
        new CudaStepGraph(CudaGraph.Capture(work, device.index < 0 ? null : device.index), device);

    /// <inheritdoc/>
    public void Replay() => _graph.Replay();

    /// <inheritdoc/>
    public void Dispose()
    {
        // what was launched may still run on the memory that goes with it
        torch.cuda.synchronize(_device);
        _graph.Dispose();
    }
}
#else
namespace Sequence.Framework.Models;

/// <summary>No CUDA graphs: this tensor library offers none.</summary>
internal static class CudaStepGraph
{
    /// <summary>Why there are none.</summary>
    public static string Refusal => "this tensor library offers no CUDA graphs: build with -p:TorchProvider=system";

    /// <summary>Refuses.</summary>
    public static IStepGraph Capture(Action work, TorchSharp.torch.Device device) => throw new NotSupportedException(Refusal);
}
#endif
