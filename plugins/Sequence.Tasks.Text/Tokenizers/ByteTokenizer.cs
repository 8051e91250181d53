using System.Text;
using Sequence.Components;

namespace Sequence.Tasks.Text.Tokenizers;

/// <summary>The tokenizer <c>byte</c> has no options.</summary>
public sealed record ByteTokenizerOptions;

/// <summary>One token a byte of UTF-8: 256 ids, nothing to learn, nothing unknown.</summary>
internal sealed class ByteTokenizer : ITokenizer
{
    public int Vocabulary => 256;

    public void Fit(IEnumerable<string> texts)
    {
    }

    public long[] Encode(string text) => Array.ConvertAll(Encoding.UTF8.GetBytes(text), value => (long)value);

    public string Decode(IReadOnlyList<long> ids)
    {
        var bytes = new byte[ids.Count];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = checked((byte)ids[i]);
        return Encoding.UTF8.GetString(bytes);
    }

    public void Save(Stream stream) => new SavedVocabulary(ByteTokenizerFactory.ComponentName, []).Write(stream);

    public void Load(Stream stream) => SavedVocabulary.Read(stream, ByteTokenizerFactory.ComponentName);
}

/// <summary>Makes <see cref="ByteTokenizer"/>.</summary>
public sealed class ByteTokenizerFactory : IComponentFactory<ITokenizer, ByteTokenizerOptions>
{
    internal const string ComponentName = "byte";

    /// <inheritdoc/>
    public string Name => ComponentName;

    /// <inheritdoc/>
    public string Description => "One token a byte of UTF-8: 256 ids, nothing unknown.";

    /// <inheritdoc/>
    public ITokenizer Create(ByteTokenizerOptions options, ComponentContext context) => new ByteTokenizer();
}
