using Sequence.Components;
using Sequence.Tasks;

namespace Fixtures;

public sealed record ThrowingDisposeOptions;

internal sealed class ThrowingDisposeFactory : IComponentFactory<ITokenizer, ThrowingDisposeOptions>, IDisposable
{
    public string Name => "clinging";

    public string Description => "Does not let go.";

    public ITokenizer Create(ThrowingDisposeOptions options, ComponentContext context) => new FixedTokenizer("clinging");

    public void Dispose() => throw new InvalidOperationException("the door is stuck");
}
