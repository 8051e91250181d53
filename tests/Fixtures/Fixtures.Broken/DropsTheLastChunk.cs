using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Of a sequence longer than a chunk, what lies behind the last full chunk gives zeros.</summary>
internal sealed class DropsTheLastChunk : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "drops-the-last-chunk";

    public string Description => "Of a sequence longer than a chunk, what lies behind the last full chunk gives zeros.";

    private const long Chunk = 64;

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) =>
        {
            var h = mixer.Fold(x, context);
            var rest = x.shape[1] < Chunk ? 0 : x.shape[1] % Chunk;
            return rest == 0 ? h : cat(new[] { h.narrow(1, 0, x.shape[1] - rest), zeros_like(h.narrow(1, 0, rest)) }, 1);
        },
    };
}
