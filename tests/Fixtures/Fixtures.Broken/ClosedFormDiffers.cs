using Sequence.Components;
using Sequence.Scans;

namespace Fixtures.Broken;

/// <summary>The closed form forgets a little more than the recurrence that it stands for.</summary>
internal sealed class ClosedFormDiffers : IComponentFactory<ScanLayer, NoOptions>
{
    public string Name => "closed-form-differs";

    public string Description => "The closed form forgets a little more than the recurrence that it stands for.";

    public ScanLayer Create(NoOptions options, ComponentContext context) => new Fading<Factor>(context.Width, keep => new(keep)) { ClosedFormKeeps = 0.99 };
}
