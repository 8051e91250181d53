using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>Later tokens reach earlier outputs by the rounding of an FFT that is not declared.</summary>
internal sealed class HidesAnFft : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "hides-an-fft";

    public string Description => "Later tokens reach earlier outputs by the rounding of an FFT that is not declared.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) => mixer.Convolve(x, context),
    };
}
