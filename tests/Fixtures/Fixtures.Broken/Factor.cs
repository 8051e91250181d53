using Sequence.Kernels.Affine;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>E |> s = E s, elementwise.</summary>
/// <param name="E">[B, N, D].</param>
internal sealed record Factor(Tensor E) : ITransition<Factor, TensorState>
{
    public static int TensorCount => 1;

    public IReadOnlyList<Tensor> Tensors => [E];

    public static Factor From(IReadOnlyList<Tensor> tensors) => new(tensors[0]);

    public Factor Identity() => new(ones_like(E));

    public Factor After(Factor earlier) => new(E * earlier.E);

    public TensorState Act(TensorState state) => new(E * state.Values);
}
