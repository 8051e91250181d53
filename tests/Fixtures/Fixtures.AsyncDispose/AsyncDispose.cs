using Sequence.Components;
using Sequence.Tasks;

namespace Fixtures;

public sealed record AsyncDisposeOptions;

internal sealed class AsyncDisposeFactory : IComponentFactory<ITokenizer, AsyncDisposeOptions>, IAsyncDisposable
{
    public string Name => "leisurely";

    public string Description => "Lets go in its own time.";

    public ITokenizer Create(AsyncDisposeOptions options, ComponentContext context) => new FixedTokenizer("leisurely");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
