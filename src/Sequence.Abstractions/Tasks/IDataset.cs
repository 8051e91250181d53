namespace Sequence.Tasks;

/// <summary>Examples in a fixed order. Reading one is cheap and safe from any thread.</summary>
public interface IDataset
{
    /// <summary>Number of examples.</summary>
    int Count { get; }

    /// <summary>Tokens of example <paramref name="index"/>, known without making it: batches are formed by length.</summary>
    int LengthOf(int index);

    /// <summary>Tokens of the longest example.</summary>
    int Longest => Enumerable.Range(0, Count).Max(LengthOf);

    /// <summary>Example <paramref name="index"/>.</summary>
    Example this[int index] { get; }
}
