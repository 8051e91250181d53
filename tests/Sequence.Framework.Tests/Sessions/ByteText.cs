using System.Text;
using Sequence.Components;
using Sequence.Tasks;

namespace Sequence.Framework.Sessions;

/// <summary>A language model's task over bytes 0 to 7, whose tokenizer writes them as digits; and a tokenizer of UTF-8.</summary>
internal static class ByteText
{
    /// <summary>Options of a task with a tokenizer among them, as plugins have.</summary>
    internal sealed record TaskOptions
    {
        public Component<ITokenizer> Tokenizer { get; init; } = new("digits", new(), _ => new Digits());
    }

    internal sealed class Digits : ITokenizer
    {
        public int Vocabulary => 8;

        public void Fit(IEnumerable<string> texts)
        {
        }

        public long[] Encode(string text) => [.. text.Select(character => (long)(character - '0'))];

        public string Decode(IReadOnlyList<long> ids) => string.Concat(ids);

        public void Save(Stream stream) => stream.Write("digits"u8);

        public void Load(Stream stream) => Assert.Equal("digits", new StreamReader(stream).ReadToEnd());
    }

    internal sealed class Utf8 : ITokenizer
    {
        public int Vocabulary => 256;

        public void Fit(IEnumerable<string> texts)
        {
        }

        public long[] Encode(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => (long)value)];

        public string Decode(IReadOnlyList<long> ids) => Encoding.UTF8.GetString([.. ids.Select(id => (byte)id)]);

        public void Save(Stream stream)
        {
        }

        public void Load(Stream stream)
        {
        }
    }

    internal sealed class Words : ITokenizer
    {
        public static readonly string[] All = ["one", "two", "three"];

        public int Vocabulary => All.Length;

        public void Fit(IEnumerable<string> texts)
        {
        }

        public long[] Encode(string text) => [.. text.Split(' ').Select(word => (long)Array.IndexOf(All, word))];

        public string Decode(IReadOnlyList<long> ids) => string.Join(' ', ids.Select(id => All[id]));

        public void Save(Stream stream)
        {
        }

        public void Load(Stream stream)
        {
        }
    }
}
