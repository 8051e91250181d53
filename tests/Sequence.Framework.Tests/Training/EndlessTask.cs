using Sequence.Fixtures.TinyRuns;
using Sequence.Tasks;

namespace Sequence.Framework.Training;

/// <summary>The tiny task with training examples that are new in every pass; tells which were read.</summary>
internal sealed class EndlessTask(int examplesPerPass, Action<(long Seed, long Number)> read) : ITask
{
    private readonly TinyTask _tiny = new(TargetKind.Sequence);

    public int Vocabulary => _tiny.Vocabulary;

    public int Classes => _tiny.Classes;

    public TargetKind Targets => _tiny.Targets;

    public ITokenizer? Tokenizer => null;

    public IDataset Training => new Endless(examplesPerPass, read);

    public IDataset Validation => _tiny.Validation;

    public IDataset Test => _tiny.Test;

    public IReadOnlyList<IMetric> CreateMetrics() => _tiny.CreateMetrics();

    private sealed class Endless(int examplesPerPass, Action<(long, long)> read) : IEndlessDataset
    {
        public int Count => examplesPerPass;

        public int Longest => 9;

        public Example this[int index] => throw new InvalidOperationException("A run reads the examples of its passes.");

        public int LengthOf(int index) => Longest;

        public IDataset Pass(long seed, long pass) => new Examples(examplesPerPass, seed, pass, read);
    }

    private sealed class Examples(int count, long seed, long pass, Action<(long, long)> read) : IDataset
    {
        public int Count => count;

        public Example this[int index]
        {
            get
            {
                var number = pass * count + index;
                read((seed, number));
                var random = new SplitMix(seed, number);
                var first = random.Below(TinyTask.Tokens);
                long[] tokens = [.. Enumerable.Range(0, LengthOf(index)).Select(t => (first + 3L * t) % TinyTask.Tokens)];
                return new Example(tokens, [tokens[^1] % 3]);
            }
        }

        public int LengthOf(int index) => 1 + index % 9;
    }
}
