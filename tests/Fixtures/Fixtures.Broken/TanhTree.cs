using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>a Agg b = tanh(P a + Q b), which is neither associative nor commutative, whatever it claims.</summary>
internal sealed class TanhTree : Aggregator
{
    [ComponentName(Name = "earlier")]
    private readonly Linear _earlier;

    [ComponentName(Name = "later")]
    private readonly Linear _later;

    public TanhTree(int width, Algebra claim = Algebra.ExactlyBracketed) : base("tanh-tree")
    {
        Algebra = claim;
        (_earlier, _later) = (nn.Linear(width, width), nn.Linear(width, width));
        RegisterComponents();
    }

    public override Algebra Algebra { get; }

    public override ChunkState Aggregate(ChunkState earlier, ChunkState later) =>
        new((_earlier.forward(earlier.Vectors) + _later.forward(later.Vectors)).tanh());
}
