using Sequence.Components;
using Sequence.Scans;

namespace Fixtures.Broken;

/// <summary>An operator that tells left from right claims to be commutative.</summary>
internal sealed class LiesAboutCommutativity : IComponentFactory<ScanLayer, NoOptions>
{
    public string Name => "lies-about-commutativity";

    public string Description => "An operator that tells left from right claims to be commutative.";

    public ScanLayer Create(NoOptions options, ComponentContext context) => new Tree(context.Width, new TanhTree(context.Width, Algebra.Commutative));
}
