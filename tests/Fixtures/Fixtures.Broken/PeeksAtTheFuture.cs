using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>A trace of the next token is in each output.</summary>
internal sealed class PeeksAtTheFuture : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "peeks-at-the-future";

    public string Description => "A trace of the next token is in each output.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) => mixer.Fold(x + 1e-6 * x.roll(-1, 1), context),
    };
}
