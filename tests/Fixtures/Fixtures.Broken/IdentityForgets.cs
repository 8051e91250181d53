using Sequence.Components;
using Sequence.Scans;
using Sequence.Kernels.Affine;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>The transition that should change nothing forgets everything.</summary>
internal sealed class IdentityForgets : IComponentFactory<ScanLayer, NoOptions>
{
    public string Name => "identity-forgets";

    public string Description => "The transition that should change nothing forgets everything.";

    public ScanLayer Create(NoOptions options, ComponentContext context) => new Fading<Forgetting>(context.Width, keep => new(keep));

    private sealed record Forgetting(Tensor E) : ITransition<Forgetting, TensorState>
    {
        public static int TensorCount => 1;

        public IReadOnlyList<Tensor> Tensors => [E];

        public static Forgetting From(IReadOnlyList<Tensor> tensors) => new(tensors[0]);

        public Forgetting Identity() => new(zeros_like(E));

        public Forgetting After(Forgetting earlier) => new(E * earlier.E);

        public TensorState Act(TensorState state) => new(E * state.Values);
    }
}
