using static TorchSharp.torch;

namespace Sequence.Kernels.Outer;

/// <summary>A tensor [B, T, H, X] in memory: the numbers of a head lie side by side, heads, tokens and rows anyhow.</summary>
internal readonly unsafe struct HeadTokens<TStored>
    where TStored : unmanaged
{
    private readonly TStored* _first;
    private readonly long _row, _token, _head;

    private HeadTokens(Tensor tensor)
    {
        _first = Memory.Of<TStored>(tensor);
        (_row, _token, _head) = (tensor.stride(0), tensor.stride(1), tensor.stride(2));
    }

    /// <summary>From one token to the next, in elements.</summary>
    public long Stride => _token;

    /// <summary>Of a tensor as <see cref="SideBySide"/> gives it, which is to be kept alive.</summary>
    public static HeadTokens<TStored> Of(Tensor tensor) => new(tensor);

    /// <summary>The first number of a head of a token.</summary>
    public TStored* At(int row, long t, int head) => _first + row * _row + t * _token + head * _head;
}
