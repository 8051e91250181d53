using Sequence.Components;
using Sequence.Tasks;

namespace Fixtures;

public sealed record DuplicateOptions;

/// <summary>Takes the name of a component of Fixtures.Plain.</summary>
internal sealed class DuplicateFactory : IComponentFactory<ITokenizer, DuplicateOptions>
{
    public string Name => "plain";

    public string Description => "Says another word.";

    public ITokenizer Create(DuplicateOptions options, ComponentContext context) => new FixedTokenizer("duplicate");
}
