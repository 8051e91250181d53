using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Each row gets a little of the mean of all rows.</summary>
internal sealed class MixesRows : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "mixes-rows";

    public string Description => "Each row gets a little of the mean of all rows.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) => mixer.Fold(Mixed(x), context),
        AdvanceInstead = (mixer, x, context, state) => mixer.Continue(Mixed(x), context, state),
    };

    private static Tensor Mixed(Tensor x) => x + 0.01 * x.mean([0], keepdim: true);
}
