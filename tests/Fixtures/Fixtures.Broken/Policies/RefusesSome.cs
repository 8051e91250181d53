using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>Every third token is refused, whatever room there is.</summary>
internal sealed class RefusesSome : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "refuses-some";

    public string Description => "Every third token is refused, whatever room there is.";

    public CachePolicy Create(NoOptions options, ComponentContext context) =>
        new Recent { LifetimesInstead = view => where(view.Positions % 3 == 2, view.Positions - 1, view.Positions + Recent.W - 1) };
}
