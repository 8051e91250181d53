using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>T tokens as n chunks of C, the last one filled up.</summary>
/// <param name="time">T.</param>
/// <param name="size">C.</param>
internal sealed class ChunkGrid(long time, long size)
{
    /// <summary>C.</summary>
    public long Size { get; } = size;

    /// <summary>n.</summary>
    public long Count => (time + Size - 1) / Size;

    /// <summary>[B, T, H, X] -> [B, n, H, C, X].</summary>
    /// <param name="x">What to cut.</param>
    /// <param name="fill">What the tokens are that the last chunk lacks.</param>
    public Tensor Split(Tensor x, double fill = 0) => Filled(x, [0, 0, 0, 0, 0, Missing], fill).unflatten(1, Count, Size).transpose(2, 3);

    /// <summary>[B, T] -> [B, n, C].</summary>
    public Tensor SplitRows(Tensor x) => Filled(x, [0, Missing], 0).unflatten(1, Count, Size);

    /// <summary>[B, n, H, C, X] -> [B, T, H, X].</summary>
    public Tensor Merge(Tensor y) => y.transpose(2, 3).flatten(1, 2).narrow(1, 0, time);

    private long Missing => Count * Size - time;

    private Tensor Filled(Tensor x, long[] padding, double fill) => Missing == 0 ? x : nn.functional.pad(x, padding, value: fill);
}
