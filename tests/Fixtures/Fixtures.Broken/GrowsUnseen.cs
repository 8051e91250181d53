using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>A session keeps a copy of each state, which the state does not list.</summary>
internal sealed class GrowsUnseen : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "grows-unseen";

    public string Description => "A session keeps a copy of each state, which the state does not list.";

    private readonly List<Tensor> _kept = [];

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        AdvanceInstead = (mixer, x, context, state) =>
        {
            _kept.Add(state.H.clone().DetachFromDisposeScope());
            return mixer.Continue(x, context, state);
        },
    };
}
