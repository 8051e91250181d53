using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.Runs;

/// <summary>Documents packed one after the other into one row.</summary>
/// <param name="Lengths">Tokens of each.</param>
internal sealed record PackedRow(params long[] Lengths)
{
    /// <summary>Tokens of all.</summary>
    public long Length => Lengths.Sum();

    /// <summary>Where each begins and how long it is.</summary>
    public IEnumerable<(long At, long Length)> Places
    {
        get
        {
            var at = 0L;
            foreach (var length in Lengths)
            {
                yield return (at, length);
                at += length;
            }
        }
    }

    /// <summary>True where a document begins, [1, T].</summary>
    public Tensor Starts(Device device)
    {
        var starts = new bool[Length];
        foreach (var (at, _) in Places)
            starts[at] = true;
        return tensor(starts).unsqueeze(0).to(device);
    }

    public override string ToString() => $"documents of {string.Join(", ", Lengths)} tokens";
}
