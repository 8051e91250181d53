using static TorchSharp.torch;

namespace Sequence.Kernels.Attention;

/// <summary>A tensor [B, H, T, K] in memory: the channels of a token lie side by side, all else anyhow.</summary>
internal readonly unsafe struct Heads<TStored>
    where TStored : unmanaged
{
    private readonly TStored* _first;
    private readonly long _row, _head;

    private Heads(Tensor tensor)
    {
        _first = Memory.Of<TStored>(tensor);
        (_row, _head, Stride) = (tensor.stride(0), tensor.stride(1), tensor.stride(2));
    }

    /// <summary>From one token to the next, in elements.</summary>
    public long Stride { get; }

    /// <summary>Of a tensor as <see cref="SideBySide"/> gives it, which is to be kept alive.</summary>
    public static Heads<TStored> Of(Tensor tensor) => new(tensor);

    /// <summary>The first channel of a token.</summary>
    public TStored* At(long row, long head, long t) => _first + row * _row + head * _head + t * Stride;
}
