using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Every node of each row, [B, n, D], and where its current document begins, [B] int64.</summary>
internal sealed class StaticTreeState : MixerState
{
    public StaticTreeState(long[] positions, Tensor nodes, Tensor begins) : base(positions) => (Nodes, Begins) = (Own(nodes), Own(begins));

    public Tensor Nodes { get; private set; }

    public Tensor Begins { get; private set; }

    public override IReadOnlyList<Tensor> Tensors => [Nodes, Begins];

    /// <summary>Rows of different lengths [n_r, D], the shorter ones with zeros behind.</summary>
    public void Become(IReadOnlyList<Tensor> rows, long[] begins)
    {
        var nodes = zeros([Batch, rows.Max(row => row.shape[0]), Nodes.shape[2]], Nodes.dtype, Nodes.device);
        for (var row = 0; row < Batch; row++)
            nodes[row].narrow(0, 0, rows[row].shape[0]).copy_(rows[row].detach());
        Dispose();
        (Nodes, Begins) = (Own(nodes), Own(tensor(begins).to(nodes.device)));
    }

    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new StaticTreeState(positions, tensors[0], tensors[1]);
}
