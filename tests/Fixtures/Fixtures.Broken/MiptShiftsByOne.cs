using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>The scan of the public MIPT-SSM code: every round shifts by one token, not by 2^k.</summary>
internal sealed class MiptShiftsByOne : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "mipt-shifts-by-one";

    public string Description => "The scan of the public MIPT-SSM code: every round shifts by one token, not by 2^k.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Rotation(context.Width) { Shift = k => 1 };
}
