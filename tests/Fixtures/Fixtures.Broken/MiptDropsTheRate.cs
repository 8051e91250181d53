using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>The scan of the public MIPT-SSM code: the input is u_t, not p_t u_t as in the step.</summary>
internal sealed class MiptDropsTheRate : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "mipt-drops-the-rate";

    public string Description => "The scan of the public MIPT-SSM code: the input is u_t, not p_t u_t as in the step.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Rotation(context.Width) { Input = (p, u) => u };
}
