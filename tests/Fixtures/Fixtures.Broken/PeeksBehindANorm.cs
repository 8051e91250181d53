using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>A trace of the next token is in each output, behind a norm that hides shifts and scales of it.</summary>
internal sealed class PeeksBehindANorm : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "peeks-behind-a-norm";

    public string Description => "A trace of the next token is in each output, behind a norm that hides shifts and scales of it.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) => mixer.Fold(Normed(x) + 1e-6 * Normed(x).roll(-1, 1), context),
        AdvanceInstead = (mixer, x, context, state) => mixer.Continue(Normed(x), context, state),
    };

    private static Tensor Normed(Tensor x) => nn.functional.layer_norm(x, [x.shape[^1]]);
}
