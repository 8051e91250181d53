using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>A tensor [B, T, D] in memory: the channels of a token lie side by side, tokens and rows anyhow; one of them may stand for all.</summary>
internal readonly unsafe struct Tokens<TStored>
    where TStored : unmanaged
{
    // bytes
    private const int Line = 64;

    private readonly TStored* _first;
    private readonly long _row, _token;

    private Tokens(Tensor tensor)
    {
        _first = Memory.Of<TStored>(tensor);
        (_row, _token) = (Step(tensor, 0), Step(tensor, 1));
    }

    /// <summary>Whether it is of no tensor.</summary>
    public bool IsNone => _first is null;

    /// <summary>From one token to the next, in elements.</summary>
    public long Stride => _token;

    /// <summary>Of a tensor as <see cref="SideBySide"/> gives it, which is to be kept alive; none of an empty one.</summary>
    public static Tokens<TStored> Of(Tensor tensor) => new(tensor);

    /// <summary>A channel of a token.</summary>
    public TStored* At(int row, long t, int channel) => _first + row * _row + t * _token + channel;

    /// <summary>
    /// Asks memory for channel <paramref name="start"/> + <paramref name="e"/> of several tokens and what follows it in a line of cache; nothing happens where e is no whole
    /// number of lines.
    /// </summary>
    public void Expect(int row, long t, int tokens, int start, int e)
    {
        if (!Sse.IsSupported || (long)e * sizeof(TStored) % Line != 0)
            return;
        for (var token = 0; token < tokens; token++)
            Sse.Prefetch1(At(row, t + token, start + e));
    }

    // an axis of one stands for as many as there are elsewhere
    private static long Step(Tensor tensor, int axis) => tensor.shape[axis] == 1 ? 0 : tensor.stride(axis);
}
