using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>Long sequences in spans, one after the other, so that what is held besides inputs and outputs does not grow with the length.</summary>
internal static class Spans
{
    /// <summary>Tokens of a span.</summary>
    public const int Length = 4096;

    /// <summary>For each span, its part of every tensor [B, T, ...]; null stays null.</summary>
    public static IEnumerable<Tensor?[]> Of(params Tensor?[] tensors)
    {
        var parts = tensors.Select(tensor => tensor?.split(Length, 1)).ToArray();
        var count = parts.Max(part => part?.Length ?? 0);
        for (var span = 0; span < count; span++)
            yield return [.. parts.Select(part => part?[span])];
    }
}
