using Sequence.Tasks;

namespace Fixtures;

/// <summary>A tokenizer that says one thing: enough to be a component.</summary>
internal sealed class FixedTokenizer(string says) : ITokenizer
{
    public int Vocabulary => 1;

    public void Fit(IEnumerable<string> texts)
    {
    }

    public long[] Encode(string text) => [0];

    public string Decode(IReadOnlyList<long> ids) => says;

    public void Save(Stream stream)
    {
    }

    public void Load(Stream stream)
    {
    }
}
