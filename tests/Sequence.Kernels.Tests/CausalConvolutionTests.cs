using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class CausalConvolutionTests : IDisposable
{
    private const long B = 3, C = 83;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _scope.Dispose();

    public static TheoryData<long, long, bool, bool, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, bool, bool, bool, ScalarType>();
            foreach (var T in (long[])[1, 2, 63, 64, 65, 100])
                foreach (var taps in (long[])[1, 2, 4, 64])
                    foreach (var window in (bool[])[false, true])
                        foreach (var restarts in (bool[])[false, true])
                            foreach (var silu in (bool[])[false, true])
                                foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                                    cases.Add(T, taps, window, restarts, silu, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_a_product_a_tap_in_outputs_and_gradients(long T, long taps, bool window, bool restarts, bool silu, ScalarType dtype)
    {
        var (inputs, positions) = (Inputs(T, taps, window), restarts ? Positions(T, taps) : null);

        var expected = Differentiate(CausalConvolution.Taps, inputs, positions, silu, ScalarType.Float64);
        var actual = Differentiate(FusedCausalConvolution.Run, inputs, positions, silu, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void A_window_a_bias_and_positions_that_rows_or_channels_share_are_spread_over_them()
    {
        var x = Inputs(65, 4, window: true);
        (x[1], x[3]) = (x[1]!.narrow(0, 0, 1), x[3]!.narrow(0, 0, 1));
        var positions = Positions(65, 4).narrow(0, 0, 1);

        var expected = Differentiate(CausalConvolution.Taps, x, positions, silu: true, ScalarType.Float64);
        foreach (var (e, a) in expected.Zip(Differentiate(FusedCausalConvolution.Run, x, positions, silu: true, ScalarType.Float64)))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void Positions_below_zero_are_first_tokens()
    {
        var (x, positions) = (Inputs(65, 4, window: true), Positions(65, 4) - 2);

        var expected = Differentiate(CausalConvolution.Taps, x, positions, silu: false, ScalarType.Float64);
        foreach (var (e, a) in expected.Zip(Differentiate(FusedCausalConvolution.Run, x, positions, silu: false, ScalarType.Float64)))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(KernelPreference.Reference)]
    [InlineData(KernelPreference.Fused)]
    public void Inputs_that_do_not_belong_together_are_refused(KernelPreference preference)
    {
        using var kernels = KernelScope.Prefer(preference);
        Tensor[] x = [zeros(B, 65, C), zeros(B, 3, C), zeros(4, C), zeros(C)];
        for (var index = 0; index < x.Length; index++)
        {
            for (var axis = 0; axis < x[index].dim(); axis++)
            {
                var odd = x.ToArray();
                var shape = odd[index].shape;
                shape[axis]++;
                odd[index] = zeros(shape);
                Assert.Throws<ArgumentException>(() => CausalConvolution.Run(odd[0], odd[1], odd[2], odd[3], zeros(B, 65, int64)));
            }
        }

        Assert.Throws<ArgumentException>(() => CausalConvolution.Run(x[0], x[1], x[2], x[3], zeros(B, 64, int64)));
        Assert.Throws<ArgumentException>(() => CausalConvolution.Run(x[0], x[1], x[2], x[3], zeros(B, 65)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Gradients_to_a_window_that_few_tokens_see_are_those_of_the_taps(long T)
    {
        var x = Inputs(T, 4, window: true);

        var expected = Differentiate(CausalConvolution.Taps, x, null, silu: true, ScalarType.Float64);
        foreach (var (e, a) in expected.Zip(Differentiate(FusedCausalConvolution.Run, x, null, silu: true, ScalarType.Float64)))
        {
            Assert.Equal(e.shape, a.shape);
            Assert.True(e.allclose(a), "The forms differ.");
        }
    }

    [Fact]
    public void BFloat16_is_float32_up_to_rounding()
    {
        var inputs = Inputs(65, 4, window: true).Select(each => each?.to(bfloat16)).ToArray();

        var expected = Differentiate(FusedCausalConvolution.Run, inputs, null, silu: true, ScalarType.Float32);
        var actual = Differentiate(FusedCausalConvolution.Run, inputs, null, silu: true, ScalarType.BFloat16);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void It_goes_on_from_where_another_ended()
    {
        var x = Inputs(65, 4, window: false);
        var u = x[0]!;

        var whole = FusedCausalConvolution.Run(u, null, x[2]!, x[3]!);
        var first = FusedCausalConvolution.Run(u.narrow(1, 0, 40), null, x[2]!, x[3]!);
        var second = FusedCausalConvolution.Run(u.narrow(1, 40, 25), u.narrow(1, 37, 3), x[2]!, x[3]!);

        Tolerance.Same(whole, cat(new[] { first, second }, 1));
    }

    [Fact]
    public void Inputs_may_be_a_part_of_wider_tokens()
    {
        var packed = randn(2, 65, 3 * C);
        var (weight, bias) = (randn(4, C), randn(C));

        Tensor Gradient(Func<Tensor, Tensor> side)
        {
            var x = packed.clone().requires_grad_();
            FusedCausalConvolution.Run(side(x.narrow(2, C, C)), null, weight, bias, silu: true).transpose(1, 2).square().sum().backward();
            return x.grad!;
        }

        Tolerance.Same(Gradient(part => part.contiguous()), Gradient(part => part));
    }

    [Fact]
    public void Two_threads_give_what_one_gives_bit_for_bit()
    {
        Tensor?[] inputs = [randn(3, 600, 600), randn(3, 3, 600), randn(4, 600), randn(600)];

        List<Tensor> On(int threads)
        {
            using var _ = new Threads(threads);
            return Differentiate(FusedCausalConvolution.Run, inputs, null, silu: true, ScalarType.Float32);
        }

        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
    [Fact]
    public void The_fused_form_refuses_a_second_derivative()
    {
        var u = randn(1, 5, 8).requires_grad_();
        var y = FusedCausalConvolution.Run(u, null, randn(4, 8), randn(8));

        var refusal = Assert.Throws<NotSupportedException>(() => autograd.grad([y.sum()], [u], create_graph: true));
        Assert.Contains("Taps", refusal.Message, StringComparison.Ordinal);
    }
#endif

    private delegate Tensor Form(Tensor u, Tensor? window, Tensor weight, Tensor bias, Tensor? positions, bool silu);

    /// <summary>u, the window, W and b, in float64.</summary>
    private static Tensor?[] Inputs(long T, long taps, bool window)
    {
        var generator = new Generator((ulong)(T + 100 * taps));
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator);
        return [Draw(B, T, C), window && taps > 1 ? Draw(B, taps - 1, C) : null, Draw(taps, C), Draw(C)];
    }

    /// <summary>Tokens of the same document in front of each, where about every tenth token begins one.</summary>
    private static Tensor Positions(long T, long taps)
    {
        var t = arange(T).unsqueeze(0);
        var starts = rand([B, T], float64, generator: new Generator(9)) < 0.1;
        return t - where(starts, t, full_like(t, 1 - taps)).cummax(1).values;
    }

    /// <summary>y and the gradients of the inputs that there are.</summary>
    private static List<Tensor> Differentiate(Form form, Tensor?[] inputs, Tensor? positions, bool silu, ScalarType dtype)
    {
        var x = inputs.Select(each => each?.to(dtype, copy: true).requires_grad_()).ToArray();
        var y = form(x[0]!, x[1], x[2]!, x[3]!, positions, silu);
        (y * randn(y.shape, float64, generator: new Generator(11)).to(dtype)).sum().backward();
        return [y, .. x.OfType<Tensor>().Select(each => each.grad ?? zeros_like(each))];
    }
}
