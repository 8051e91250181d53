using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>Drops one entry or none by chance, without a seed.</summary>
internal sealed class DrawsAnew : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "draws-anew";

    public string Description => "Drops one entry or none by chance, without a seed.";

    public CachePolicy Create(NoOptions options, ComponentContext context) =>
        new RecentByCall(view => RecentByCall.Last(view, RecentByCall.W - randint(0, 2, new long[] { 1 }).item<long>()));
}
