#if TORCH_SYSTEM
using TorchSharp;

namespace Sequence.Framework.Models;

/// <summary>A CUDA graph.</summary>
internal sealed class CudaStepGraph : IStepGraph
{
    private readonly CudaGraph _graph;

    private CudaStepGraph(CudaGraph graph) => _graph = graph;

    /// <summary>Why there are none here, in words; null where there are.</summary>
    public static string? Refusal { get; } = CudaGraph.Refusal;

    /// <summary>Captures work on the current device.</summary>
    public static IStepGraph Capture(Action work) => new CudaStepGraph(CudaGraph.Capture(work));

    /// <inheritdoc/>
    public void Replay() => _graph.Replay();

    /// <inheritdoc/>
    public void Dispose()
    {
        // what was launched may still run on the memory that goes with it
        torch.cuda.synchronize();
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
    public static IStepGraph Capture(Action work) => throw new NotSupportedException(Refusal);
}
#endif
