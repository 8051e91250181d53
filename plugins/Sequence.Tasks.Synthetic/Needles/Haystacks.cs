namespace Sequence.Tasks.Synthetic.Needles;

/// <summary>Haystacks of one stream: the same whenever they are read.</summary>
internal sealed class Haystacks(NeedleRule rule, int count, long stream) : IDataset
{
    public int Count => count;

    public int Longest => rule.Length;

    public Example this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count);
            return rule.Haystack(stream, index);
        }
    }

    public int LengthOf(int index) => rule.Length;
}
