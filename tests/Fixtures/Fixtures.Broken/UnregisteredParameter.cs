using Sequence.Components;
using Sequence.Mixers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>A gain is no field of the module, so it is neither trained nor saved.</summary>
internal sealed class UnregisteredParameter : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "unregistered-parameter";

    public string Description => "A gain is no field of the module, so it is neither trained nor saved.";

    public SequenceMixer Create(NoOptions options, ComponentContext context)
    {
        var gain = new Parameter(ones(context.Width).DetachFromDisposeScope());
        return new Leaky(context.Width)
        {
            ForwardInstead = (mixer, x, context) => mixer.Fold(x * gain.to(x.dtype), context),
            AdvanceInstead = (mixer, x, context, state) => mixer.Continue(x * gain.to(x.dtype), context, state),
        };
    }
}
