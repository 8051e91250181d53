using Sequence.Tasks.Synthetic.Groups;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>As many words of each length, rising: those of a seed, the same whenever they are read.</summary>
internal sealed class FixedWords(FiniteGroup group, IEnumerable<int> lengths, int examplesPerLength, long seed) : IDataset
{
    private readonly WordRule[] _rules = [.. lengths.Select(length => new WordRule(group, new LengthRange { Min = length, Max = length }, group.Order))];

    public int Count => _rules.Length * examplesPerLength;

    public Example this[int index] => _rules[index / examplesPerLength].Word(seed, index);

    public int LengthOf(int index) => _rules[index / examplesPerLength].LengthOf(seed, index);
}
