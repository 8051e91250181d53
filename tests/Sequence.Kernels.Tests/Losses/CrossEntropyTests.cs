using Sequence.Kernels.Losses;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Losses;

public class CrossEntropyTests : IDisposable
{
    private const long Ignored = -100;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    public static TheoryData<long, long, nn.Reduction, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, nn.Reduction, ScalarType>();
            foreach (var N in (long[])[1, 5, 64, 300])
                // of the largest N and V there are more logits than a block of rows has
                foreach (var V in (long[])[1, 2, 63, 64, 65, 100, N == 300 ? 9001 : 3001])
                    foreach (var reduction in (nn.Reduction[])[nn.Reduction.Mean, nn.Reduction.Sum])
                        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16])
                            cases.Add(N, V, reduction, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_the_plain_one_in_loss_and_gradient(long N, long V, nn.Reduction reduction, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var logits = (5 * randn([N, V], float64, generator: new Generator((ulong)(N + V)))).to(dtype);
        var targets = Targets(N, V);

        var (expected, expectedGradients) = Differentiate(x => CrossEntropy.Plain(x[0], targets, reduction, Ignored), [logits.to(float64)]);
        var (actual, gradients) = Differentiate(x => FusedCrossEntropy.Run(x[0], targets, reduction, Ignored), [logits]);

        Assert.Equal(StateElement.Of(dtype), actual.dtype);
        Tolerance.Same(expected, actual);
        Tolerance.Same(expectedGradients[0], gradients[0]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Blocks_of_rows_equal_the_plain_form_in_loss_and_gradients(long N, long V, nn.Reduction reduction, ScalarType dtype)
    {
        if (dtype == ScalarType.BFloat16)
            dtype = ScalarType.Float32;
        using var scope = NewDisposeScope();
        List<Tensor> inputs = [.. new long[][] { [N, 33], [V, 33] }.Select((shape, index) => randn(shape, float64, generator: new Generator((ulong)(N + V + index))))];
        var targets = Targets(N, V);

        var (expected, expectedGradients) = Differentiate(x => LinearCrossEntropy.Plain(x[0], x[1], targets, reduction, Ignored), inputs);
        var (actual, gradients) = Differentiate(x => FusedLinearCrossEntropy.Run(x[0], x[1], targets, reduction, Ignored), [.. inputs.Select(each => each.to(dtype))]);

        Tolerance.Same(expected, actual);
        foreach (var (e, a) in expectedGradients.Zip(gradients))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void Gradients_go_only_where_they_are_wanted_and_a_loss_may_be_scaled_and_gone_through_twice()
    {
        using var scope = NewDisposeScope();
        var targets = Targets(7, 11);
        var (x, weight) = (randn(7, 5, float64), randn(11, 5, float64));
        foreach (var (first, second) in new[] { (true, false), (false, true) })
        {
            List<Tensor> Once(Func<Tensor, Tensor, Tensor> loss)
            {
                var (a, b) = (x.clone().requires_grad_(first), weight.clone().requires_grad_(second));
                var value = 3 * loss(a, b);
                value.backward(retain_graph: true);
                value.backward();
                return [.. new[] { a.grad, b.grad }.OfType<Tensor>()];
            }

            var expected = Once((a, b) => LinearCrossEntropy.Plain(a, b, targets, nn.Reduction.Mean));
            var actual = Once((a, b) => FusedLinearCrossEntropy.Run(a, b, targets, nn.Reduction.Mean));
            Assert.Single(actual);
            Tolerance.Same(Assert.Single(expected), actual[0]);
        }
    }

    [Fact]
    public void Strided_logits_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (logits, targets) = (randn(65, 9, float64).t(), Targets(9, 65));
        Tolerance.Same(CrossEntropy.Plain(logits, targets, nn.Reduction.Mean), FusedCrossEntropy.Run(logits, targets, nn.Reduction.Mean));
        targets = targets.clamp_max(8);
        Tolerance.Same(LinearCrossEntropy.Plain(logits, logits, targets, nn.Reduction.Sum), FusedLinearCrossEntropy.Run(logits, logits, targets, nn.Reduction.Sum));
    }

    [Fact]
    public void Logits_without_bound_give_what_the_plain_form_gives()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 1e4f, -1e4f, 0, float.NegativeInfinity, 3, 2, 1, 88, 89, 0 }).view(2, 5);
        var targets = tensor(new long[] { 0, 3 });
        var (expected, expectedGradients) = Differentiate(x => CrossEntropy.Plain(x[0], targets, nn.Reduction.Sum), [logits]);
        var (actual, gradients) = Differentiate(x => FusedCrossEntropy.Run(x[0], targets, nn.Reduction.Sum), [logits]);
        Tolerance.Same(expected, actual);
        Tolerance.Same(expectedGradients[0], gradients[0]);
        Assert.True(float.IsNaN(FusedCrossEntropy.Run(logits, full(2, Ignored, int64), nn.Reduction.Mean).item<float>()));
        Assert.True(float.IsNaN(FusedCrossEntropy.Run(full(2, 5, float.NaN), targets, nn.Reduction.Sum).item<float>()));
    }

    [Fact]
    public void Two_threads_give_what_one_gives_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var (logits, targets) = (randn(300, 401, generator: new Generator(1)), Targets(300, 401));
        (Tensor, List<Tensor>) On(int threads)
        {
            using var _ = new Threads(threads);
            return Differentiate(x => FusedCrossEntropy.Run(x[0], targets, nn.Reduction.Mean), [logits]);
        }

        var ((one, oneGradients), (two, twoGradients)) = (On(1), On(2));
        Assert.Equal(one.item<float>(), two.item<float>());
        Assert.True(oneGradients[0].eq(twoGradients[0]).all().ToBoolean());
    }

    [Theory]
    [InlineData(KernelPreference.Reference)]
    [InlineData(KernelPreference.Fused)]
    public void Inputs_that_do_not_belong_together_are_refused_in_both_forms(KernelPreference preference)
    {
        using var scope = NewDisposeScope();
        using var kernels = KernelScope.Prefer(preference);
        var targets = zeros(65, int64);
        foreach (var logits in (long[][])[[64, 5], [66, 5], [65], [1, 65, 5]])
            Assert.Throws<ArgumentException>(() => CrossEntropy.Run(zeros(logits), targets, nn.Reduction.Mean));
        Assert.Throws<ArgumentException>(() => CrossEntropy.Run(zeros(65, 5), zeros(65), nn.Reduction.Mean));
        foreach (var (x, weight) in ((long[], long[])[])[([64, 3], [5, 3]), ([66, 3], [5, 3]), ([65, 3], [5, 2]), ([65, 3], [3])])
            Assert.Throws<ArgumentException>(() => LinearCrossEntropy.Run(zeros(x), zeros(weight), targets, nn.Reduction.Mean));
    }

    private static Tensor Targets(long N, long V)
    {
        var targets = randint(V, [N], int64, generator: new Generator((ulong)N));
        return N == 1 ? targets : targets.masked_fill(arange(N).remainder(4) == 1, Ignored);
    }

    private static (Tensor Loss, List<Tensor> Gradients) Differentiate(Func<List<Tensor>, Tensor> loss, List<Tensor> inputs)
    {
        List<Tensor> x = [.. inputs.Select(each => each.clone().requires_grad_())];
        var value = loss(x);
        value.backward();
        return (value, [.. x.Select(each => each.grad!)]);
    }
}
