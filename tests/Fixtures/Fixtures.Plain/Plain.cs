using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Sequence.Components;
using Sequence.Plugins;
using Sequence.Tasks;

namespace Fixtures;

public sealed record PlainOptions
{
    [Range(1, 9)]
    public int Count { get; init; } = 1;

    public string Word { get; init; } = "plain";

    public Component<ITokenizer>? Inner { get; init; }

    public FilePath? Vocabulary { get; init; }
}

/// <summary>A factory that needs a service its plugin registers.</summary>
internal sealed class PlainFactory(Greeting greeting) : IComponentFactory<ITokenizer, PlainOptions>
{
    public string Name => "plain";

    public string Description => "Says a word.";

    public ITokenizer Create(PlainOptions options, ComponentContext context) => new FixedTokenizer(string.Join(
        ' ', Enumerable.Repeat(greeting.Text + options.Word, options.Count).Append(options.Inner?.Create(context).Decode([])).OfType<string>()));
}

internal sealed record Greeting(string Text);

internal sealed class PlainPlugin : ISequencePlugin
{
    public void Register(IServiceCollection services) => services.AddSingleton(new Greeting("hello "));
}
