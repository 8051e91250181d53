using Sequence.Components;
using Sequence.Scans;

namespace Fixtures.Broken;

/// <summary>The step in place keeps less of the state than advancing does.</summary>
internal sealed class StepForgets : IComponentFactory<ScanLayer, NoOptions>
{
    public string Name => "step-forgets";

    public string Description => "The step in place keeps less of the state than advancing does.";

    public ScanLayer Create(NoOptions options, ComponentContext context) => new Fading<Factor>(context.Width, keep => new(keep)) { StepKeeps = 0.9 };
}
