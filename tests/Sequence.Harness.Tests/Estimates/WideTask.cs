using Sequence.Tasks;
using TorchSharp;

namespace Sequence.Harness.Tests.Estimates;

/// <summary>The token after each of 128, among as many classes as are wanted.</summary>
internal sealed class WideTask(int classes) : ITask
{
    public const int Length = 128;

    public int Vocabulary => classes;

    public int Classes => classes;

    public TargetKind Targets => TargetKind.Token;

    public ITokenizer? Tokenizer => null;

    public IDataset Training { get; } = new Counting(classes, 16);

    public IDataset Validation { get; } = new Counting(classes, 16);

    public IDataset Test { get; } = new Counting(classes, 16);

    public IReadOnlyList<IMetric> CreateMetrics() => [new Seen()];

    private sealed class Counting(int classes, int count) : IDataset
    {
        public int Count => count;

        public Example this[int index]
        {
            get
            {
                long[] tokens = [.. Enumerable.Range(index, Length).Select(token => (long)token % classes)];
                return new Example(tokens, tokens);
            }
        }

        public int LengthOf(int index) => Length;
    }

    /// <summary>Counts batches.</summary>
    private sealed class Seen : IMetric
    {
        public string Name => "seen";

        public bool HigherIsBetter => true;

        public double Value { get; private set; }

        public void Add(torch.Tensor logits, torch.Tensor targets) => Value++;
    }
}
