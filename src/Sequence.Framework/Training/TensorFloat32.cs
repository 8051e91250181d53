using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>Whether float32 products on CUDA round their factors to TensorFloat-32: a switch of the whole process, put back at the end.</summary>
public sealed class TensorFloat32 : IDisposable
{
    private readonly (bool Products, bool Convolutions) _before = (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32);

    /// <summary>Sets it for a run.</summary>
    public TensorFloat32(bool allowed) => Set((allowed, allowed));

    /// <inheritdoc/>
    public void Dispose() => Set(_before);

    private static void Set((bool Products, bool Convolutions) allowed) =>
        (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = allowed;
}
