using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>The tensors between the parts of a model while it takes a step, made once: [B, D] each, and the logits [B, C].</summary>
internal sealed class StepBuffers : IDisposable
{
    public StepBuffers(int batch, int width, long classes, ScalarType dtype)
    {
        Stream = empty(batch, width, dtype).DetachFromDisposeScope();
        Normed = empty(batch, width, dtype).DetachFromDisposeScope();
        Branch = empty(batch, width, dtype).DetachFromDisposeScope();
        Logits = empty(batch, classes, dtype).DetachFromDisposeScope();
    }

    /// <summary>The residual stream.</summary>
    public Tensor Stream { get; }

    /// <summary>What a branch sees.</summary>
    public Tensor Normed { get; }

    /// <summary>What a branch gives.</summary>
    public Tensor Branch { get; }

    /// <summary>What the model gives.</summary>
    public Tensor Logits { get; }

    public void Dispose()
    {
        Stream.Dispose();
        Normed.Dispose();
        Branch.Dispose();
        Logits.Dispose();
    }
}
