using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>A forward pass gives the state before each token, a step the one after it.</summary>
internal sealed class WrongShift : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "wrong-shift";

    public string Description => "A forward pass gives the state before each token, a step the one after it.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) =>
        {
            var h = mixer.Fold(x, context);
            return cat(new[] { zeros_like(h.narrow(1, 0, 1)), h.narrow(1, 0, x.shape[1] - 1) }, 1);
        },
    };
}
