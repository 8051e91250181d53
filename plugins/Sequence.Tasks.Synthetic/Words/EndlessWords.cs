namespace Sequence.Tasks.Synthetic.Words;

/// <summary>Words without end, every pass with new ones. Word n of a seed is a function of (seed, n).</summary>
internal sealed class EndlessWords(Curriculum curriculum, int examplesPerPass) : IEndlessDataset
{
    private readonly Words _first = new(curriculum.At(0), examplesPerPass, Seed: 0, First: 0);

    public int Count => examplesPerPass;

    public int Longest => curriculum.Longest;

    public Example this[int index] => _first[index];

    public int LengthOf(int index) => _first.LengthOf(index);

    public IDataset Pass(long seed, long pass) => new Words(curriculum.At(pass), examplesPerPass, seed, checked(pass * examplesPerPass));

    private sealed record Words(WordRule Rule, int Count, long Seed, long First) : IDataset
    {
        public Example this[int index] => Rule.Word(Seed, Number(index));

        public int LengthOf(int index) => Rule.LengthOf(Seed, Number(index));

        private long Number(int index)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return First + index;
        }
    }
}
