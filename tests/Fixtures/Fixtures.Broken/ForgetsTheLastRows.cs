using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Of rows shared among threads, those that are left over give zeros.</summary>
internal sealed class ForgetsTheLastRows : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "forgets-the-last-rows";

    public string Description => "Of rows shared among threads, those that are left over give zeros.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) =>
        {
            var h = mixer.Fold(x, context);
            var left = h.shape[0] % get_num_threads();
            return left == 0 ? h : cat(new[] { h.narrow(0, 0, h.shape[0] - left), zeros_like(h.narrow(0, 0, left)) }, 0);
        },
    };
}
