using static TorchSharp.torch;

namespace Sequence.Mixers;

/// <summary>What a batch of sequences [B, T] looks like beyond its values: how long each row is and where documents begin.</summary>
public sealed class SequenceContext
{
    /// <summary>Every row is full and holds one document.</summary>
    public static SequenceContext Dense { get; } = new();

    /// <summary>Real tokens of each row, B values of 0..T, the padding being on the right; null where every row is full.</summary>
    public IReadOnlyList<long>? Lengths { get; init; }

    /// <summary>
    /// [B, T] bool, true where a token begins a new document of a packed row; null where each row is (part of) one document.
    /// Every recurrence, position count and attention restarts there, so that a document in a pack gives what it gives alone.
    /// </summary>
    public Tensor? Starts { get; init; }

    /// <summary>Real tokens of row <paramref name="row"/> in a batch of <paramref name="time"/> columns.</summary>
    public long LengthOf(int row, long time) => Lengths is null ? time : Lengths[row];
}
