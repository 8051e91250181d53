using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Each forward pass keeps a copy of its last output.</summary>
internal sealed class LeaksATensor : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "leaks-a-tensor";

    public string Description => "Each forward pass keeps a copy of its last output.";

    private readonly List<Tensor> _kept = [];

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) =>
        {
            var h = mixer.Fold(x, context);
            _kept.Add(h.select(1, -1).detach().clone().DetachFromDisposeScope());
            return h;
        },
    };
}
