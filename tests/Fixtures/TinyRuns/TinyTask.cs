using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Fixtures.TinyRuns;

/// <summary>Ragged sequences of 8 tokens: tell the class of the last (sequence targets), or the token after each (token targets).</summary>
public sealed class TinyTask(TargetKind targets, int examples = 90) : ITask
{
    public const int Tokens = 8;

    public int Vocabulary => Tokens;

    public int Classes => targets == TargetKind.Token ? Tokens : 3;

    public TargetKind Targets => targets;

    public ITokenizer? Tokenizer => null;

    public IDataset Training { get; } = new Examples(targets, examples, 1);

    public IDataset Validation { get; init; } = new Examples(targets, 30, 2);

    public IDataset Test { get; init; } = new Examples(targets, 30, 3);

    public IReadOnlyList<IMetric> CreateMetrics() => [new Right()];

    /// <summary>A fixed draw.</summary>
    public sealed class Examples : IDataset
    {
        private readonly Example[] _examples;

        public Examples(TargetKind targets, int count, int seed)
        {
            var random = new Random(seed);
            _examples = [.. Enumerable.Range(0, count).Select(_ =>
            {
                var first = random.Next(Tokens);
                long[] tokens = [.. Enumerable.Range(0, random.Next(1, 10)).Select(t => (first + 3L * t) % Tokens)];
                return new Example(tokens, targets == TargetKind.Token ? [.. tokens.Select(token => (token + 3) % Tokens)] : [tokens[^1] % 3]);
            })];
        }

        public int Count => _examples.Length;

        public Example this[int index] => _examples[index];

        public int LengthOf(int index) => _examples[index].Tokens.Length;
    }

    /// <summary>The share of right targets.</summary>
    private sealed class Right : IMetric
    {
        private long _right;
        private long _all;

        public string Name => "right";

        public bool HigherIsBetter => true;

        public double Value => _all == 0 ? double.NaN : (double)_right / _all;

        public void Add(Tensor logits, Tensor targets)
        {
            using var scope = NewDisposeScope();
            var counted = targets.ne(Example.Ignored);
            _right += logits.argmax(-1).eq(targets).logical_and(counted).sum().item<long>();
            _all += counted.sum().item<long>();
        }
    }
}
