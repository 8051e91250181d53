using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>An entry leaves early if the key three tokens on is larger.</summary>
internal sealed class LooksAhead : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "looks-ahead";

    public string Description => "An entry leaves early if the key three tokens on is larger.";

    public CachePolicy Create(NoOptions options, ComponentContext context) => new Recent { LifetimesInstead = Lifetimes };

    private static Tensor Lifetimes(CacheView view)
    {
        var norms = view.Keys.square().sum(-1).sum(1, keepdim: true);
        var n = norms.shape[2];
        var on = n <= 3 ? zeros_like(norms) : cat([norms.narrow(2, 3, n - 3), zeros_like(norms).narrow(2, 0, 3)], 2);
        return where(on > norms, view.Positions, view.Positions + Recent.W - 1);
    }
}
