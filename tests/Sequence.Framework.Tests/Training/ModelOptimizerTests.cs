using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

[Collection(TensorTests.Name)]
public sealed class ModelOptimizerTests
{
    private const double Near = 1e-5;

    [Fact]
    public void Forms_give_the_same_updates_and_go_on_from_each_other()
    {
        using var scope = NewDisposeScope();
        using var reference = Model();
        using var mixed = Model();
        using var one = new ModelOptimizer(reference, new TrainingOptions { WeightDecay = 0.5 });
        using var other = new ModelOptimizer(mixed, new TrainingOptions { WeightDecay = 0.5 });

        for (var step = 0; step < 6; step++)
        {
            Step(one, step, KernelPreference.Reference);
            Step(other, step, step % 2 == 0 ? KernelPreference.Fused : KernelPreference.Reference);
        }

        foreach (var ((name, expected), (_, actual)) in one.Parameters.Zip(other.Parameters))
            Assert.True(actual.allclose(expected, rtol: Near, atol: Near), name);
        foreach (var (name, expected) in one.Moments())
            Assert.True(other.Moments()[name].to(float64).allclose(expected.to(float64), rtol: Near, atol: Near), name);
    }

    /// <summary>One step on gradients of its own; every fifth parameter has none in the second step.</summary>
    private static void Step(ModelOptimizer optimizer, int step, KernelPreference preference)
    {
        foreach (var (index, (_, parameter)) in optimizer.Parameters.Index())
            parameter.grad = step == 1 && index % 5 == 0 ? null : randn(parameter.shape, generator: new Generator((ulong)(100 * step + index)));
        using var kernels = KernelScope.Prefer(preference);
        optimizer.Step(learningRate: 0.01);
    }

    private static SequenceModel Model()
    {
        manual_seed(1);
        return new SequenceModel(TinyRun.Request("none").Options.Model, new ModelInterface(TinyTask.Tokens, 3, TargetKind.Sequence));
    }
}
