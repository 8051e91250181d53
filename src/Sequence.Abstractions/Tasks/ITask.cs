namespace Sequence.Tasks;

/// <summary>What the targets of a task belong to.</summary>
public enum TargetKind
{
    /// <summary>One class a sequence: the model ends in a read-out.</summary>
    Sequence,

    /// <summary>One class a token, such as the next token: every position is scored, and a read-out over the whole sequence is refused.</summary>
    Token,
}

/// <summary>
/// A question asked of a model: examples, what counts as right, and how it is measured. The loss is the mean cross-entropy over all targets
/// that are not <see cref="Example.Ignored"/>. Creating a task reads its data; a missing or malformed file is a <see cref="TaskDataException"/>.
/// </summary>
public interface ITask
{
    /// <summary>Token ids are 0..Vocabulary-1.</summary>
    int Vocabulary { get; }

    /// <summary>Classes a target can have: labels, or the vocabulary of a language model.</summary>
    int Classes { get; }

    /// <summary>What a target belongs to.</summary>
    TargetKind Targets { get; }

    /// <summary>The tokenizer between text and ids, fitted; null where the examples were never text.</summary>
    ITokenizer? Tokenizer { get; }

    /// <summary>Examples to learn from.</summary>
    IDataset Training { get; }

    /// <summary>Examples that choose a checkpoint and stop training. Never the test examples.</summary>
    IDataset Validation { get; }

    /// <summary>Examples that score the chosen checkpoint, once.</summary>
    IDataset Test { get; }

    /// <summary>New metrics, at zero, the first being the one that chooses checkpoints and ranks models.</summary>
    IReadOnlyList<IMetric> CreateMetrics();
}
