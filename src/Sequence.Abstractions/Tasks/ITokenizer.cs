namespace Sequence.Tasks;

/// <summary>Between text and token ids.</summary>
public interface ITokenizer
{
    /// <summary>Number of ids; 0 before <see cref="Fit"/> where the vocabulary is learned.</summary>
    int Vocabulary { get; }

    /// <summary>Learns the vocabulary from training texts only. Nothing to do where it is given.</summary>
    void Fit(IEnumerable<string> texts);

    /// <summary>Text to ids.</summary>
    long[] Encode(string text);

    /// <summary>Ids to text.</summary>
    string Decode(IReadOnlyList<long> ids);

    /// <summary>Writes what <see cref="Fit"/> learned, as JSON in UTF-8, so that a trained model can be used without its training data.</summary>
    void Save(Stream stream);

    /// <summary>Reads what <see cref="Save"/> wrote, in place of <see cref="Fit"/>.</summary>
    void Load(Stream stream);
}
