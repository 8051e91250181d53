using Sequence.Components;
using Sequence.Tasks;

namespace Fixtures;

public sealed record ThrowingFactoryOptions;

/// <summary>A factory whose type cannot be initialised.</summary>
internal sealed class ThrowingFactory : IComponentFactory<ITokenizer, ThrowingFactoryOptions>
{
    private static readonly string Table = Read();

    public string Name => Table;

    public string Description => Table;

    public ITokenizer Create(ThrowingFactoryOptions options, ComponentContext context) => new FixedTokenizer(Table);

    private static string Read() => throw new FileNotFoundException("the table of words is gone");
}
