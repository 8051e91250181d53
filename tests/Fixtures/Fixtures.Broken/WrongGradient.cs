using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>Outputs are right, their gradients one percent too large.</summary>
internal sealed class WrongGradient : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "wrong-gradient";

    public string Description => "Outputs are right, their gradients one percent too large.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) =>
        {
            var h = mixer.Fold(x, context);
            return h + 0.01 * (h - h.detach());
        },
    };
}
