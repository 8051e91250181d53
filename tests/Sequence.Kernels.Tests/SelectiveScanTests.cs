using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class SelectiveScanTests
{
    public static TheoryData<long, long, long, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, long, bool, ScalarType>();
            foreach (var T in (long[])[1, 2, 63, 64, 65, 100, 130])
                foreach (var (N, E) in ((long, long)[])[(1, 8), (16, 150), (3, 5)])
                    foreach (var restarts in (bool[])[false, true])
                        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                            cases.Add(T, N, E, restarts, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_the_fold_in_outputs_last_states_and_gradients(long T, long N, long E, bool restarts, ScalarType dtype)
    {
        using var scope = NewDisposeScope();

        var expected = Differentiate(SelectiveScan.Fold, T, N, E, restarts, ScalarType.Float64);
        var actual = Differentiate(FusedSelectiveScan.Run, T, N, E, restarts, dtype);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(3, 16)]
    [InlineData(30, 16)]
    [InlineData(30, 3)]
    [InlineData(3000, 1)]
    public void Decays_that_underflow_here_and_there_equal_the_fold(double strength, long N)
    {
        using var scope = NewDisposeScope();

        var expected = Differentiate(SelectiveScan.Fold, 65, N, 150, restarts: true, ScalarType.Float64, strength);
        var actual = Differentiate(FusedSelectiveScan.Run, 65, N, 150, restarts: true, ScalarType.Float32, strength);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Two_threads_give_what_one_gives_bit_for_bit(ScalarType dtype)
    {
        // three rows of three blocks of channels, each more numbers than one thread is kept for
        const long T = 2_100, N = 3, E = 150;
        using var scope = NewDisposeScope();

        List<Tensor> On(int threads)
        {
            using var _ = new Threads(threads);
            return Differentiate(FusedSelectiveScan.Run, T, N, E, restarts: true, dtype);
        }

        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

    [Fact]
    public void The_fold_is_the_diagonal_recurrence_read_by_C()
    {
        using var scope = NewDisposeScope();
        var (dt, A, w) = (rand([2, 20, 4], float64), -rand([3, 4], float64), randn([2, 20, 4], float64));
        var (B, C, initial) = (randn([2, 20, 3], float64), randn([2, 20, 3], float64), randn([2, 3, 4], float64));

        var h = DiagonalScan.Fold(dt.unsqueeze(2) * A, B.unsqueeze(3) * w.unsqueeze(2), initial);
        var (y, last) = SelectiveScan.Fold(dt, A, w, B, C, initial);

        Tolerance.Same(einsum("btn,btne->bte", C, h), y);
        Tolerance.Same(h.select(1, 19), last);
    }

    [Fact]
    public void Strong_decays_underflow_to_forgetting()
    {
        using var scope = NewDisposeScope();
        var w = randn([1, 70, 8]);
        var (y, _) = FusedSelectiveScan.Run(full([1, 70, 8], 1e6f), full([2, 8], -1f), w, ones(1, 70, 2), ones(1, 70, 2), randn([1, 2, 8]));

        Tolerance.Same(2 * w, y);
    }

#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
    [Fact]
    public void The_fused_form_refuses_a_second_derivative()
    {
        using var scope = NewDisposeScope();
        var w = randn([1, 5, 8]).requires_grad_();
        var (y, _) = FusedSelectiveScan.Run(ones(1, 5, 8), -ones(2, 8), w, ones(1, 5, 2), ones(1, 5, 2), zeros(1, 2, 8));

        var refusal = Assert.Throws<NotSupportedException>(() => autograd.grad([y.sum()], [w], create_graph: true));
        Assert.Contains("Fold", refusal.Message, StringComparison.Ordinal);
    }
#endif

    [Fact]
    public void BFloat16_is_what_float32_gives_rounded()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(3);
        Tensor Draw(params long[] shape) => randn(shape, float32, generator: generator).to(bfloat16);
        Tensor[] rounded = [Draw(2, 65, 70).exp(), -Draw(5, 70).exp().to(float32), Draw(2, 65, 70), Draw(2, 65, 5), Draw(2, 65, 5), Draw(2, 5, 70).to(float32)];
        var g = Draw(2, 65, 70);

        List<Tensor> In(ScalarType dtype)
        {
            var x = rounded.Select((each, index) => each.to(index is 1 or 5 ? float32 : dtype, copy: true).requires_grad_()).ToArray();
            var (y, last) = FusedSelectiveScan.Run(x[0], x[1], x[2], x[3], x[4], x[5]);
            return [y, last, .. autograd.grad([y, last], x, [g.to(dtype), ones_like(last)])];
        }

        foreach (var (wide, narrow) in In(float32).Zip(In(bfloat16)))
            Tolerance.Same(wide.to(narrow.dtype), narrow);
    }

    [Fact]
    public void Inputs_may_be_parts_of_wider_tensors()
    {
        using var scope = NewDisposeScope();
        var (packed, A, initial) = (randn(2, 65, 2 * 70 + 2 * 5), -rand(5, 70), randn(2, 5, 70));

        Tensor Gradient(Func<Tensor, Tensor> side)
        {
            var x = packed.clone().requires_grad_();
            var parts = x.split([70, 70, 5, 5], -1);
            var (y, _) = FusedSelectiveScan.Run(side(parts[0].square()), A, side(parts[1]), side(parts[2]), side(parts[3]), initial);
            y.transpose(1, 2).square().sum().backward();
            return x.grad!;
        }

        Tolerance.Same(Gradient(part => part.contiguous()), Gradient(part => part));
    }

    /// <summary>y, the last h and the gradients of a scan over three rows that T chooses.</summary>
    private static List<Tensor> Differentiate(
        Func<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor?, (Tensor, Tensor)> scan, long T, long N, long E, bool restarts, ScalarType dtype, double strength = 1)
    {
        var generator = new Generator((ulong)T);
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator);
        var starts = restarts ? rand([3, T], float64, generator: generator) < 0.2 : null;
        List<Tensor> inputs = [Draw(3, T, E).exp() * (0.3 * strength), -Draw(N, E).exp(), Draw(3, T, E), Draw(3, T, N), Draw(3, T, N), Draw(3, N, E)];
        var (g_y, g_last) = (Draw(3, T, E), Draw(3, N, E));

        List<Tensor> x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
        var (y, last) = scan(x[0], x[1], x[2], x[3], x[4], x[5], starts);
        ((y * g_y.to(dtype)).sum() + (last * g_last.to(dtype)).sum()).backward();
        return [y, last, .. x.Select(each => each.grad!)];
    }
}
