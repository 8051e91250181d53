using Sequence.Kernels.Losses;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Losses;

/// <summary>What becomes of targets that are no class: on the CPU they are named.</summary>
public sealed class TargetTests
{
    [Fact]
    public void A_target_that_is_no_class_is_named()
    {
        using var scope = NewDisposeScope();
        var problem = Assert.Throws<ArgumentException>(() => FusedCrossEntropy.Run(zeros(2, 5), tensor(new long[] { 1, 5 }), nn.Reduction.Mean));
        Assert.Contains("row 1 is 5, where the classes are 0 to 4", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KernelPreference.Reference, 5)]
    [InlineData(KernelPreference.Reference, -1)]
    [InlineData(KernelPreference.Fused, 5)]
    [InlineData(KernelPreference.Fused, -1)]
    public void A_target_that_is_no_class_is_refused_in_both_forms(KernelPreference preference, long target)
    {
        using var scope = NewDisposeScope();
        using var kernels = KernelScope.Prefer(preference);
        var targets = tensor(new[] { 1, target });
        Assert.Throws<ArgumentException>(() => CrossEntropy.Run(zeros(2, 5), targets, nn.Reduction.Sum));
        Assert.Throws<ArgumentException>(() => LinearCrossEntropy.Run(zeros(2, 3), zeros(5, 3), targets, nn.Reduction.Sum));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void On_a_gpu_which_is_not_waited_for_the_loss_is_no_number(long target)
    {
        using var scope = NewDisposeScope();
        var targets = tensor(new[] { 1, target, -100 });
        var (logits, x, weight) = (zeros(3, 5, requires_grad: true), zeros(3, 3), zeros(5, 3, requires_grad: true));
        using (CudaEmulator.Start())
        {
            foreach (var loss in (Tensor[])[CrossEntropy.Run(logits, targets, nn.Reduction.Mean), LinearCrossEntropy.Run(x, weight, targets, nn.Reduction.Sum)])
            {
                Assert.True(float.IsNaN(loss.item<float>()));
                loss.backward();
            }
        }

        // its row's, and those of a weight that every row has part in
        Assert.Equal([false, true, false], logits.grad!.isnan().any(1).data<bool>().ToArray());
        Assert.True(weight.grad!.isnan().all().ToBoolean());
    }
}
