using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class DiagonalScanTests
{
    public static TheoryData<string, long, bool, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<string, long, bool, bool, ScalarType>();
            foreach (var form in (string[])["fused", "tree", "run"])
                foreach (var T in (long[])[1, 2, 3, 63, 64, 65, 100])
                    foreach (var initial in (bool[])[false, true])
                        foreach (var restarts in (bool[])[false, true])
                            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                                cases.Add(form, T, initial, restarts, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fast_forms_equal_the_fold_in_outputs_and_gradients(string form, long T, bool initial, bool restarts, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs([3, T, 5, 61], [3, T, 5, 61], initial, restarts, seed: T);
        var weight = randn([3, T, 5, 61], float64, generator: new Generator(5));

        var (expected, expectedGradients) = Differentiate(DiagonalScan.Fold, inputs, weight, ScalarType.Float64);
        var (actual, gradients) = Differentiate(Form(form), inputs, weight, dtype);

        Tolerance.Same(expected, actual);
        foreach (var (e, a) in expectedGradients.Zip(gradients))
        {
            Assert.True(a.isfinite().all().ToBoolean(), "A gradient is not finite.");
            Tolerance.Same(e, a);
        }
    }

    [Theory]
    [InlineData("fused")]
    [InlineData("tree")]
    public void Decays_are_broadcast_against_inputs(string form)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs([2, 65, 3, 1], [2, 65, 3, 7], initial: true, restarts: true, seed: 11);
        var weight = randn([2, 65, 3, 7], float64, generator: new Generator(5));
        List<Tensor> spread = [inputs[0].expand(2, 65, 3, 7), .. inputs[1..]];

        var (expected, expectedGradients) = Differentiate(DiagonalScan.Fold, spread, weight, ScalarType.Float64);
        var (actual, gradients) = Differentiate(Form(form), inputs, weight, ScalarType.Float64);

        Tolerance.Same(expected, actual);
        Tolerance.Same(expectedGradients[0].sum([3], keepdim: true), gradients[0]);
        Tolerance.Same(expectedGradients[1], gradients[1]);
        Tolerance.Same(expectedGradients[2], gradients[2]);
    }

    [Theory]
    [InlineData("fused", 3, 5, 600)]
    [InlineData("fused", 4, 70, 1024)]
    [InlineData("tree", 3, 5, 7)]
    [InlineData("fold", 3, 5, 7)]
    public void Forms_equal_a_double_loop(string form, int B, int T, int D)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs([B, T, D], [B, T, D], initial: true, restarts: true, seed: 7);
        var (l, b, h_0) = (Values(inputs[0]), Values(inputs[1]), Values(inputs[2]));
        var expected = new double[B * T * D];
        for (var row = 0; row < B * D; row++)
        {
            var h = h_0[row];
            for (var t = 0; t < T; t++)
            {
                var at = (row / D * T + t) * D + row % D;
                h = Math.Exp(l[at]) * h + b[at];
                expected[at] = h;
            }
        }

        Tolerance.Same(tensor(expected).view(B, T, D), Form(form)(inputs[0], inputs[1], inputs[2]));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Two_threads_give_what_one_gives_bit_for_bit(ScalarType dtype)
    {
        // three rows of three blocks of channels, each more numbers than one thread is kept for
        long[] shape = [3, 600, 600];
        using var scope = NewDisposeScope();
        var inputs = Inputs(shape, shape, initial: true, restarts: true, seed: 13);
        var weight = randn(shape, float64, generator: new Generator(5));

        List<Tensor> On(int threads)
        {
            using var _ = new Threads(threads);
            var (h, gradients) = Differentiate(FusedDiagonalScan.Run, inputs, weight, dtype);
            return [h, .. gradients];
        }

        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

    [Theory]
    [InlineData("fused")]
    [InlineData("tree")]
    public void A_scan_goes_on_from_where_another_ended(string form)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs([2, 65, 9], [2, 65, 9], initial: false, restarts: false, seed: 3);
        var scan = Form(form);

        var whole = scan(inputs[0], inputs[1], null);
        var first = scan(inputs[0].narrow(1, 0, 40), inputs[1].narrow(1, 0, 40), null);
        var second = scan(inputs[0].narrow(1, 40, 25), inputs[1].narrow(1, 40, 25), first.select(1, 39));

        Tolerance.Same(whole, cat(new[] { first, second }, 1));
    }

    [Fact]
    public void The_fused_form_takes_strided_inputs_and_gradients()
    {
        using var scope = NewDisposeScope();
        var packed = randn([2, 65, 2 * 10], float64, generator: new Generator(9));
        var theirs = packed.clone().requires_grad_();
        var ours = packed.clone().requires_grad_();

        static Tensor Loss(Func<Tensor, Tensor, Tensor?, Tensor> scan, Tensor x)
        {
            var parts = x.tanh().chunk(2, -1);
            return scan(parts[0] - 1, parts[1], null).transpose(1, 2).square().sum();
        }

        Loss(DiagonalScan.Fold, theirs).backward();
        Loss(FusedDiagonalScan.Run, ours).backward();

        Tolerance.Same(theirs.grad!, ours.grad!);
    }

#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
    [Fact]
    public void The_fused_form_refuses_a_second_derivative_and_the_tree_gives_it()
    {
        using var scope = NewDisposeScope();
        List<Tensor> x = [.. Inputs([2, 5, 3], [2, 5, 3], initial: false, restarts: false, seed: 4).Select(each => each.requires_grad_())];
        Tensor Loss(string form) => Form(form)(x[0], x[1], null).square().sum();

        Assert.True(autograd.grad([Loss("tree")], [x[1]], create_graph: true)[0].requires_grad);
        var refusal = Assert.Throws<NotSupportedException>(() => autograd.grad([Loss("fused")], [x[1]], create_graph: true));
        Assert.Contains("Tree", refusal.Message, StringComparison.Ordinal);
    }
#endif

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 65)]
    [InlineData(2, 1)]
    public void Decays_may_be_shared_by_tokens_and_rows(long rows, long tokens)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs([rows, tokens, 3, 7], [2, 65, 3, 7], initial: true, restarts: false, seed: 12);
        var weight = randn([2, 65, 3, 7], float64, generator: new Generator(5));

        var (expected, expectedGradients) = Differentiate(DiagonalScan.Fold, [inputs[0].expand(2, 65, 3, 7), .. inputs[1..]], weight, ScalarType.Float64);
        var (actual, gradients) = Differentiate(FusedDiagonalScan.Run, inputs, weight, ScalarType.Float64);

        var shared = rows == 1 ? expectedGradients[0].sum([0], keepdim: true) : expectedGradients[0];
        Tolerance.Same(expected, actual);
        Tolerance.Same(tokens == 1 ? shared.sum([1], keepdim: true) : shared, gradients[0]);
        Tolerance.Same(expectedGradients[1], gradients[1]);
        Tolerance.Same(expectedGradients[2], gradients[2]);
    }

    [Fact]
    public void BFloat16_is_what_float32_gives_rounded_and_its_last_state_is_not()
    {
        using var scope = NewDisposeScope();
        List<Tensor> rounded = [.. Inputs([2, 65, 70], [2, 65, 70], initial: false, restarts: true, seed: 9).Select(each => each.to(bfloat16))];

        var (h, last) = FusedDiagonalScan.RunToLast(rounded[0].to(float32), rounded[1].to(float32));
        var (narrow, narrowLast) = FusedDiagonalScan.RunToLast(rounded[0], rounded[1]);

        Assert.Equal(ScalarType.Float32, narrowLast.dtype);
        Tolerance.Same(last, narrowLast);
        Tolerance.Same(h.to(bfloat16), narrow);
        Tolerance.Same(h.select(1, 64), last);
    }

    [Fact]
    public void Gradients_in_bfloat16_are_those_of_float32_up_to_its_rounding_of_h()
    {
        using var scope = NewDisposeScope();
        List<Tensor> rounded = [.. Inputs([2, 65, 70], [2, 65, 70], initial: true, restarts: true, seed: 9).Select(each => each.to(bfloat16))];
        var weight = randn([2, 65, 70], float64, generator: new Generator(5)).to(bfloat16);

        var (_, expected) = Differentiate(FusedDiagonalScan.Run, rounded, weight, ScalarType.Float32);
        var (_, actual) = Differentiate(FusedDiagonalScan.Run, rounded, weight, ScalarType.BFloat16);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    private static Func<Tensor, Tensor, Tensor?, Tensor> Form(string name) => name switch
    {
        "fold" => DiagonalScan.Fold,
        "tree" => DiagonalScan.Tree,
        "fused" => FusedDiagonalScan.Run,
        "run" => DiagonalScan.Run,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such form."),
    };

    /// <summary>l, b, and the initial state where there is one, in float64. l is below 0 and minus infinity at restarts.</summary>
    private static List<Tensor> Inputs(long[] decays, long[] shape, bool initial, bool restarts, long seed)
    {
        var generator = new Generator((ulong)seed + 1);
        var log = -randn(decays, float64, generator: generator).exp();
        if (restarts)
        {
            long[] tokens = [.. decays[..2], .. Enumerable.Repeat(1L, decays.Length - 2)];
            log = log.masked_fill(rand(tokens, float64, generator: generator) < 0.2, double.NegativeInfinity);
        }

        List<Tensor> inputs = [log, randn(shape, float64, generator: generator)];
        if (initial)
            inputs.Add(randn([shape[0], .. shape[2..]], float64, generator: generator));
        return inputs;
    }

    private static (Tensor H, List<Tensor> Gradients) Differentiate(
        Func<Tensor, Tensor, Tensor?, Tensor> scan, List<Tensor> inputs, Tensor weight, ScalarType dtype)
    {
        List<Tensor> x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
        var h = scan(x[0], x[1], x.Count > 2 ? x[2] : null);
        (h * weight.to(dtype)).sum().backward();
        // where T = 1 and there is no initial state, l takes no part
        return (h, [.. x.Select(each => each.grad ?? zeros_like(each))]);
    }

    private static double[] Values(Tensor tensor) => tensor.contiguous().data<double>().ToArray();
}
