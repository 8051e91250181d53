using Sequence.Components;
using Sequence.Scans;

namespace Fixtures.Broken;

/// <summary>A learned operator claims to be associative.</summary>
internal sealed class LiesAboutAssociativity : IComponentFactory<ScanLayer, NoOptions>
{
    public string Name => "lies-about-associativity";

    public string Description => "A learned operator claims to be associative.";

    public ScanLayer Create(NoOptions options, ComponentContext context) => new Tree(context.Width, new TanhTree(context.Width, Algebra.Associative));
}
