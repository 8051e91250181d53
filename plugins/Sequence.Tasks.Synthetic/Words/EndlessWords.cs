using Sequence.Tasks.Synthetic.Groups;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>Words without end, every pass with new ones. Word n of a seed, and its length, are functions of (seed, n).</summary>
internal sealed class EndlessWords(FiniteGroup group, Curriculum curriculum, int examplesPerPass) : IEndlessDataset
{
    private readonly Words _first = new(group, curriculum, examplesPerPass, Seed: 0, First: 0);

    public int Count => examplesPerPass;

    public int Longest => curriculum.Longest;

    public Example this[int index] => _first[index];

    public int LengthOf(int index) => _first.LengthOf(index);

    public IDataset Pass(long seed, long pass) => new Words(group, curriculum, examplesPerPass, seed, checked(pass * examplesPerPass));

    private sealed record Words(FiniteGroup Group, Curriculum Curriculum, int Count, long Seed, long First) : IDataset
    {
        public Example this[int index]
        {
            get
            {
                var (T, random) = Begin(index);
                return GroupWord.Draw(Group, T, ref random);
            }
        }

        public int LengthOf(int index) => Begin(index).Length;

        /// <summary>The length, and the random bits that the elements are drawn from.</summary>
        private (int Length, SplitMix Random) Begin(int index)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            var n = First + index;
            var range = Curriculum.At(n);
            var random = new SplitMix(Seed, n);
            var length = range.Min + random.Below(range.Max - range.Min + 1);
            return (length, random);
        }
    }
}
