using Sequence.Tasks;

namespace Sequence.Framework.Training;

/// <summary>A task that asks the run to stop when a chosen number of examples has been read, whatever for: in a step, or in an evaluation.</summary>
internal sealed class StoppingTask(ITask task, int reads, CancellationTokenSource stop) : ITask
{
    private int _read;

    public int Vocabulary => task.Vocabulary;

    public int Classes => task.Classes;

    public TargetKind Targets => task.Targets;

    public ITokenizer? Tokenizer => task.Tokenizer;

    public IDataset Training => new Counted(task.Training, this);

    public IDataset Validation => new Counted(task.Validation, this);

    public IDataset Test => new Counted(task.Test, this);

    public IReadOnlyList<IMetric> CreateMetrics() => task.CreateMetrics();

    private void Read()
    {
        if (++_read == reads)
            stop.Cancel();
    }

    private sealed class Counted(IDataset examples, StoppingTask owner) : IDataset
    {
        public int Count => examples.Count;

        public Example this[int index]
        {
            get
            {
                owner.Read();
                return examples[index];
            }
        }

        public int LengthOf(int index) => examples.LengthOf(index);
    }
}
