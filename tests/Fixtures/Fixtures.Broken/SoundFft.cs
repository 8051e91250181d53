using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>Whole sequences go through an FFT, which is declared.</summary>
internal sealed class SoundFft : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "sound-fft";

    public string Description => "Whole sequences go through an FFT, which is declared.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        UsesFft = true,
        ForwardInstead = (mixer, x, context) => mixer.Convolve(x, context),
    };
}
