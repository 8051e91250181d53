using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary><see cref="TokenMark"/> of tokens.</summary>
internal static class TokenMarks
{
    /// <summary>[B, T] bytes; null where no token is marked. A padded one is no start.</summary>
    public static Tensor? Of(Tensor? starts, Tensor? padding)
    {
        if ((starts ?? padding) is not { } mask)
            return null;
        var marks = zeros(mask.shape, uint8, mask.device);
        if (starts is not null)
            marks = marks.masked_fill(starts, (byte)TokenMark.Start);
        return padding is null ? marks : marks.masked_fill(padding, (byte)TokenMark.Padding);
    }
}
