using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>The outputs are log(exp(h)), which is h until exp overflows.</summary>
internal sealed class NotANumberOnLargeInputs : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "not-a-number-on-large-inputs";

    public string Description => "The outputs are log(exp(h)), which is h until exp overflows.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) => mixer.Fold(x, context).exp().log(),
    };
}
