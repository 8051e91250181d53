using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Each forward pass draws noise, also when nothing is trained.</summary>
internal sealed class Nondeterministic : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "nondeterministic";

    public string Description => "Each forward pass draws noise, also when nothing is trained.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) => mixer.Fold(x + 1e-6 * randn_like(x), context),
    };
}
