using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>The state is linear in the tokens and said to be logarithmic, with so much declared that it fits for a while.</summary>
internal sealed class SaysLogarithmic : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "says-logarithmic";

    public string Description => "The state is linear in the tokens and said to be logarithmic, with so much declared that it fits for a while.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Hoarder(
        new Leaky(context.Width), held => new(StateGrowth.Logarithmic, FixedBytes: held.FixedBytes * 200, UnitBytes: held.FixedBytes * 20));
}
