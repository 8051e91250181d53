using Microsoft.Extensions.DependencyInjection;
using Sequence.Components;
using Sequence.Plugins;
using Sequence.Tasks;

namespace Fixtures;

public sealed record ThrowingRegisterOptions;

internal sealed class ThrowingRegisterFactory : IComponentFactory<ITokenizer, ThrowingRegisterOptions>
{
    public string Name => "unregistered";

    public string Description => "Cannot be reached.";

    public ITokenizer Create(ThrowingRegisterOptions options, ComponentContext context) => new FixedTokenizer("unregistered");
}

internal sealed class ThrowingPlugin : ISequencePlugin
{
    public void Register(IServiceCollection services) => throw new InvalidOperationException("the licence server is on holiday");
}
