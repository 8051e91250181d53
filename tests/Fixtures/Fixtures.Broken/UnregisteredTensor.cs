using Sequence.Components;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>A fixed gain is no buffer of the module, so it is neither moved nor saved.</summary>
internal sealed class UnregisteredTensor : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "unregistered-tensor";

    public string Description => "A fixed gain is no buffer of the module, so it is neither moved nor saved.";

    public SequenceMixer Create(NoOptions options, ComponentContext context)
    {
        var gain = linspace(1, 2, context.Width).DetachFromDisposeScope();
        return new Leaky(context.Width)
        {
            ForwardInstead = (mixer, x, context) => mixer.Fold(x * gain.to(x.dtype), context),
            AdvanceInstead = (mixer, x, context, state) => mixer.Continue(x * gain.to(x.dtype), context, state),
        };
    }
}
