using Sequence.Components;
using Sequence.Scans;

namespace Fixtures.Broken;

/// <summary>An operator gives each node a little of its neighbours.</summary>
internal sealed class MixesNodes : IComponentFactory<ScanLayer, NoOptions>
{
    public string Name => "mixes-nodes";

    public string Description => "An operator gives each node a little of its neighbours.";

    public ScanLayer Create(NoOptions options, ComponentContext context) => new Tree(context.Width, new Mixing(context.Width));

    private sealed class Mixing : Aggregator
    {
        private readonly TanhTree _sound;

        public Mixing(int width) : base("mixing")
        {
            _sound = new TanhTree(width);
            RegisterComponents();
        }

        public override Algebra Algebra => _sound.Algebra;

        public override ChunkState Aggregate(ChunkState earlier, ChunkState later)
        {
            var nodes = _sound.Aggregate(earlier, later).Vectors;
            return new(nodes + 0.01 * nodes.mean([1], keepdim: true));
        }
    }
}
