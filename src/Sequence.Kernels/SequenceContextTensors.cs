using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>What a <see cref="SequenceContext"/> says, as tensors.</summary>
public static class SequenceContextTensors
{
    /// <summary>Real tokens of each row, [B] int64.</summary>
    public static Tensor LengthsOf(this SequenceContext context, long batch, long time, Device device) =>
        tensor(Enumerable.Range(0, (int)batch).Select(row => context.LengthOf(row, time)).ToArray()).SentTo(device);

    /// <summary>[B, T] bool, true at padded positions; null where every row is full.</summary>
    public static Tensor? Padding(this SequenceContext context, long time, Device device) =>
        context.Lengths is not { } lengths || lengths.All(length => length == time)
            ? null
            : arange(time, device: device).unsqueeze(0) >= context.LengthsOf(lengths.Count, time, device).unsqueeze(1);

    /// <summary>Where documents begin, [B, T] bool, padded positions being none; null where each row is one document.</summary>
    public static Tensor? RealStarts(this SequenceContext context, long time, Device device) =>
        context.Starts is { } starts && context.Padding(time, device) is { } padding ? starts.logical_and(padding.logical_not()) : context.Starts;

    /// <summary>Tokens of the same document in front of each one: [B, T] int64, or [1, T] where every row says the same.</summary>
    /// <param name="context">Where documents begin.</param>
    /// <param name="time">T.</param>
    /// <param name="device">Where to make it.</param>
    /// <param name="seen">Tokens of the current document before the first of these, [B] int64; null for none.</param>
    public static Tensor DocumentPositions(this SequenceContext context, long time, Device device, Tensor? seen = null)
    {
        var t = arange(time, device: device).unsqueeze(0);
        var begun = seen is null ? zeros_like(t) : -seen.unsqueeze(1);
        if (context.Starts is { } starts)
            begun = where(starts, t, begun).cummax(1).values;
        return t - begun;
    }

    /// <summary>Log-decays [B, T, ...] as the context wants them: minus infinity where a document begins, zero at padded positions.</summary>
    public static Tensor MaskDecay(this SequenceContext context, Tensor log)
    {
        if (context.Starts is { } starts)
            log = log.masked_fill(Beside(starts, log), double.NegativeInfinity);
        return context.Padding(log.shape[1], log.device) is { } padding ? log.masked_fill(Beside(padding, log), 0) : log;
    }

    /// <summary>Inputs [B, T, ...] of a recurrence as the context wants them: zero at padded positions.</summary>
    public static Tensor MaskInput(this SequenceContext context, Tensor input) =>
        context.Padding(input.shape[1], input.device) is { } padding ? input.masked_fill(Beside(padding, input), 0) : input;

    /// <summary>A mask [B, T] with as many dimensions as <paramref name="other"/>.</summary>
    private static Tensor Beside(Tensor mask, Tensor other) =>
        mask.view([.. mask.shape, .. Enumerable.Repeat(1L, (int)other.dim() - 2)]);
}
