using Sequence.Tasks.Synthetic.Groups;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>Words of given lengths, the same whenever they are read: those of a seed.</summary>
internal sealed class FixedWords(FiniteGroup group, IReadOnlyList<int> lengths, long seed) : IDataset
{
    public int Count => lengths.Count;

    public Example this[int index]
    {
        get
        {
            var random = new SplitMix(seed, index);
            return GroupWord.Draw(group, lengths[index], ref random);
        }
    }

    public int LengthOf(int index) => lengths[index];
}
