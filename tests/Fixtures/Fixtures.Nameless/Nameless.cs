using Sequence.Components;
using Sequence.Tasks;

namespace Fixtures;

public sealed record NamelessOptions;

internal sealed class NamelessFactory : IComponentFactory<ITokenizer, NamelessOptions>
{
    public string Name => null!;

    public string Description => null!;

    public ITokenizer Create(NamelessOptions options, ComponentContext context) => new FixedTokenizer("nameless");
}
