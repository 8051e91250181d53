using Sequence.Kernels.Optim;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Optim;

public class FusedAdamWTests
{
    private static readonly AdamWRates Rates = new(3e-3, 0.9, 0.98);

    // scalars, lengths beside those of lanes, and more than one block
    private static readonly long[][] Shapes = [[], [1], [7], [63], [64], [65], [100], [3, 5], [130, 257]];

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Steps_equal_those_of_the_tensor_library(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var theirs = Parameters(dtype);
        var ours = Parameters(dtype);
        using var optimizer = optim.AdamW(
            [new AdamW.ParamGroup(theirs, Rates.LearningRate, Rates.Beta1, Rates.Beta2, weight_decay: 0.1)]);
        var moments = ours.Select(parameter => (Mean: zeros_like(parameter).detach(), Square: zeros_like(parameter).detach())).ToArray();

        for (var t = 1; t <= 5; t++)
        {
            // every other parameter misses the third step, so that the counts of updates part
            bool Missing(int index) => t == 3 && index % 2 == 1;
            for (var index = 0; index < ours.Length; index++)
                theirs[index].grad = Missing(index) ? null : Gradient(ours[index], seed: 10 * t + index);
            optimizer.step();

            var step = t;
            using var frozen = no_grad();
            FusedAdamW.Step(
                [.. Enumerable.Range(0, ours.Length).Where(index => !Missing(index)).Select(index => new AdamWParameter(
                    ours[index], Gradient(ours[index], seed: 10 * step + index), moments[index].Mean, moments[index].Square, Updates(step, index), 0.1))],
                Rates);
        }

        var states = optimizer.state_dict().State.Cast<AdamW.State>().ToArray();
        for (var index = 0; index < ours.Length; index++)
        {
            Tolerance.Same(theirs[index], ours[index]);
            Tolerance.Same(states[index].exp_avg, moments[index].Mean);
            Tolerance.Same(states[index].exp_avg_sq, moments[index].Square);
        }

        static long Updates(int step, int index) => index % 2 == 1 && step > 3 ? step - 1 : step;
    }

    [Fact]
    public void Two_threads_give_what_one_gives_bit_for_bit()
    {
        Tensor[] On(int threads)
        {
            using var _ = new Threads(threads);
            using var frozen = no_grad();
            var parameters = Parameters(ScalarType.Float32);
            FusedAdamW.Step([.. parameters.Select(each => new AdamWParameter(each, Gradient(each, 3), zeros_like(each), zeros_like(each), 1, 0.1))], Rates);
            return parameters;
        }

        using var scope = NewDisposeScope();
        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

    [Fact]
    public void Gradients_may_be_strided()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor After(Func<Tensor, Tensor> gradient)
        {
            var p = randn([65, 33], float64, generator: new Generator(2));
            FusedAdamW.Step([new AdamWParameter(p, gradient(randn([33, 65], float64, generator: new Generator(3)).t()), zeros_like(p), zeros_like(p), 1, 0)], Rates);
            return p;
        }

        Assert.True(After(g => g).eq(After(g => g.contiguous())).all().ToBoolean());
    }

    [Fact]
    public void What_is_refused_is_said()
    {
        using var scope = NewDisposeScope();
        Assert.Null(FusedAdamW.Refusal(zeros(3, 4)));
        Assert.Contains("bfloat16", FusedAdamW.Kernel.Refusal(zeros(3, 4, ScalarType.BFloat16)), StringComparison.Ordinal);
        Assert.Contains("contiguous", FusedAdamW.Refusal(zeros(3, 4).t()), StringComparison.Ordinal);
    }

    private static Parameter[] Parameters(ScalarType dtype) =>
        [.. Shapes.Select((shape, index) => new Parameter(randn(shape, float64, generator: new Generator((ulong)index + 1)).to(dtype)))];

    private static Tensor Gradient(Tensor parameter, int seed) =>
        randn(parameter.shape, float64, generator: new Generator((ulong)seed)).to(parameter.dtype);
}
