using Sequence.Components;
using Sequence.Tasks.Text;
using Sequence.Tasks.Text.Metrics;
using Sequence.Tasks.Text.Tokenizers;

namespace Sequence.Tasks.Tests;

/// <summary>Components as a configuration would choose them.</summary>
internal static class Made
{
    public static Component<ITokenizer> Bytes => Choose(new ByteTokenizerFactory(), new ByteTokenizerOptions());

    public static Component<ITokenizer> Characters => Choose(new CharacterTokenizerFactory(), new CharacterTokenizerOptions());

    public static Component<ITokenizer> Words(WordTokenizerOptions? options = null) => Choose(new WordTokenizerFactory(), options ?? new());

    public static Component<ITokenizer> Gpt2 => Choose(new BytePairTokenizerFactory(), new BytePairTokenizerOptions
    {
        Vocabulary = Tree.Data("gpt2/encoder.json.gz"),
        Merges = Tree.Data("gpt2/vocab.bpe.gz"),
    });

    public static IMetric Accuracy => new AccuracyFactory().Create(new(), ComponentContext.None);

    public static IMetric Perplexity => new PerplexityFactory().Create(new(), ComponentContext.None);

    public static IMetric BitsPerToken => new BitsPerTokenFactory().Create(new(), ComponentContext.None);

    public static ITask Classification(TextClassificationOptions options) => new TextClassificationFactory().Create(options, ComponentContext.None);

    public static ITask LanguageModel(LanguageModelOptions options) => new LanguageModelFactory().Create(options, ComponentContext.None);

    public static ITokenizer Fitted(this Component<ITokenizer> tokenizer, params string[] texts)
    {
        var made = tokenizer.Create(ComponentContext.None);
        made.Fit(texts);
        return made;
    }

    /// <summary>What comes back after saving, and loading into a tokenizer made anew.</summary>
    public static ITokenizer SavedAndLoaded(this Component<ITokenizer> tokenizer, ITokenizer fitted)
    {
        using var stream = new MemoryStream();
        fitted.Save(stream);
        stream.Position = 0;
        var made = tokenizer.Create(ComponentContext.None);
        made.Load(stream);
        return made;
    }

    private static Component<T> Choose<T, TOptions>(IComponentFactory<T, TOptions> factory, TOptions options)
        where T : class
        where TOptions : class => new(factory.Name, options, context => factory.Create(options, context));
}
