using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>A trace of the next token is in each output, as small as the rounding of the FFT in float32.</summary>
internal sealed class PeeksBehindAnFft : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "peeks-behind-an-fft";

    public string Description => "A trace of the next token is in each output, as small as the rounding of the FFT in float32.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        UsesFft = true,
        ForwardInstead = (mixer, x, context) => mixer.Convolve(x + 1e-8 * x.roll(-1, 1), context),
    };
}
