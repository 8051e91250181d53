using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class ComplexDiagonalScanTests
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
        var inputs = Inputs(B: 3, T, D: 83, initial, restarts, seed: T);
        var weight = new ComplexTensor(randn([3, T, 83], float64), randn([3, T, 83], float64));

        var (expected, expectedGradients) = Differentiate(ComplexDiagonalScan.Fold, inputs, weight, ScalarType.Float64);
        var (actual, gradients) = Differentiate(Form(form), inputs, weight, dtype);

        Tolerance.Same(expected.Re, actual.Re);
        Tolerance.Same(expected.Im, actual.Im);
        foreach (var (e, a) in expectedGradients.Zip(gradients))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData("fused", 3, 5, 200)]
    [InlineData("fused", 4, 70, 1024)]
    [InlineData("tree", 3, 5, 7)]
    [InlineData("fold", 3, 5, 7)]
    public void Forms_equal_a_double_loop(string form, int B, int T, int D)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(B, T, D, initial: true, restarts: false, seed: 7);
        var (a_re, a_im, b_re, b_im, h_re, h_im) = (Values(inputs[0]), Values(inputs[1]), Values(inputs[2]), Values(inputs[3]), Values(inputs[4]), Values(inputs[5]));
        var expected = new double[B * T * D];
        for (var row = 0; row < B * D; row++)
        {
            var (b, d) = (row / D, row % D);
            var h = new System.Numerics.Complex(h_re[row], h_im[row]);
            for (var t = 0; t < T; t++)
            {
                var at = (b * T + t) * D + d;
                h = new System.Numerics.Complex(a_re[at], a_im[at]) * h + new System.Numerics.Complex(b_re[at], b_im[at]);
                expected[at] = h.Real;
            }
        }

        var actual = Form(form)(new(inputs[0], inputs[1]), new(inputs[2], inputs[3]), new ComplexTensor(inputs[4], inputs[5]));

        Tolerance.Same(tensor(expected).view(B, T, D), actual.Re);
    }

    [Theory]
    [InlineData("fused")]
    [InlineData("tree")]
    public void A_scan_goes_on_from_where_another_ended(string form)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(B: 2, T: 65, D: 9, initial: false, restarts: false, seed: 3);
        var (a, b) = (new ComplexTensor(inputs[0], inputs[1]), new ComplexTensor(inputs[2], inputs[3]));
        var scan = Form(form);

        var whole = scan(a, b, null);
        var first = scan(a.Each(x => x.narrow(1, 0, 40)), b.Each(x => x.narrow(1, 0, 40)), null);
        var second = scan(a.Each(x => x.narrow(1, 40, 25)), b.Each(x => x.narrow(1, 40, 25)), first.Each(x => x.select(1, -1)));

        Tolerance.Same(whole.Re, cat(new[] { first.Re, second.Re }, 1));
        Tolerance.Same(whole.Im, cat(new[] { first.Im, second.Im }, 1));
    }

    [Theory]
    [InlineData("fused")]
    [InlineData("tree")]
    public void Pure_rotation_keeps_the_norm_and_pure_measurement_the_input(string form)
    {
        using var scope = NewDisposeScope();
        var theta = randn([2, 100, 5], float64, generator: new Generator(1));
        var (one, zero) = (ones_like(theta), zeros_like(theta));
        var initial = new ComplexTensor(randn([2, 5], float64, generator: new Generator(2)), randn([2, 5], float64, generator: new Generator(3)));
        var u = new ComplexTensor(randn([2, 100, 5], float64, generator: new Generator(4)), randn([2, 100, 5], float64, generator: new Generator(5)));

        var rotated = Form(form)(ComplexTensor.Polar(one, theta), new(zero, zero), initial);
        var measured = Form(form)(ComplexTensor.Polar(zero, theta), u, initial);

        var norm = (initial.Re.square() + initial.Im.square()).unsqueeze(1).expand(2, 100, 5);
        Tolerance.Same(norm, rotated.Re.square() + rotated.Im.square());
        Tolerance.Same(u.Re, measured.Re);
        Tolerance.Same(u.Im, measured.Im);
    }

    [Fact]
    public void The_fused_form_takes_strided_inputs_and_gradients()
    {
        using var scope = NewDisposeScope();
        var packed = randn([2, 65, 4 * 10], float64, generator: new Generator(9));
        var theirs = packed.clone().requires_grad_();
        var ours = packed.clone().requires_grad_();

        static Tensor Loss(Func<ComplexTensor, ComplexTensor, ComplexTensor?, ComplexTensor> scan, Tensor x)
        {
            var parts = x.tanh().chunk(4, -1);
            return scan(new(parts[0], parts[1]), new(parts[2], parts[3]), null).Re.transpose(1, 2).sum();
        }

        Loss(ComplexDiagonalScan.Fold, theirs).backward();
        Loss(FusedComplexDiagonalScan.Run, ours).backward();

        Tolerance.Same(theirs.grad!, ours.grad!);
    }

#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
    [Fact]
    public void The_fused_form_refuses_a_second_derivative_and_the_tree_gives_it()
    {
        using var scope = NewDisposeScope();
        List<Tensor> x = [.. Inputs(B: 2, T: 5, D: 3, initial: false, restarts: false, seed: 4).Select(each => each.requires_grad_())];
        Tensor Loss(string form) => Form(form)(new(x[0], x[1]), new(x[2], x[3]), null).Re.square().sum();

        Assert.True(autograd.grad([Loss("tree")], [x[2]], create_graph: true)[0].requires_grad);
        var refusal = Assert.Throws<NotSupportedException>(() => autograd.grad([Loss("fused")], [x[2]], create_graph: true));
        Assert.Contains("Tree", refusal.Message, StringComparison.Ordinal);
    }
#endif

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 65)]
    [InlineData(2, 1)]
    public void Factors_may_be_shared_by_tokens_and_rows(long rows, long tokens)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(B: 2, T: 65, D: 9, initial: true, restarts: false, seed: 12);
        var shared = inputs.Select((each, index) => index < 2 ? each.narrow(0, 0, rows).narrow(1, 0, tokens).contiguous() : each).ToList();
        List<Tensor> spread = [shared[0].expand(2, 65, 9), shared[1].expand(2, 65, 9), .. shared[2..]];
        var weight = new ComplexTensor(randn([2, 65, 9], float64), randn([2, 65, 9], float64));

        var (expected, expectedGradients) = Differentiate(ComplexDiagonalScan.Fold, spread, weight, ScalarType.Float64);
        var (actual, gradients) = Differentiate(FusedComplexDiagonalScan.Run, shared, weight, ScalarType.Float64);

        Tensor Summed(Tensor gradient)
        {
            var ofRows = rows == 1 ? gradient.sum([0], keepdim: true) : gradient;
            return tokens == 1 ? ofRows.sum([1], keepdim: true) : ofRows;
        }

        Tolerance.Same(expected.Re, actual.Re);
        foreach (var (e, a) in expectedGradients.Select((each, index) => index < 2 ? Summed(each) : each).Zip(gradients))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void BFloat16_is_float32_up_to_rounding_and_its_last_state_is_not_rounded()
    {
        using var scope = NewDisposeScope();
        List<Tensor> rounded = [.. Inputs(B: 2, T: 65, D: 70, initial: true, restarts: true, seed: 9).Select(each => each.to(bfloat16))];
        var weight = new ComplexTensor(randn([2, 65, 70], float64).to(bfloat16), randn([2, 65, 70], float64).to(bfloat16));

        var (expected, expectedGradients) = Differentiate(FusedComplexDiagonalScan.Run, rounded, weight, ScalarType.Float32);
        var (actual, gradients) = Differentiate(FusedComplexDiagonalScan.Run, rounded, weight, ScalarType.BFloat16);
        var (_, last) = FusedComplexDiagonalScan.RunToLast(new(rounded[0], rounded[1]), new(rounded[2], rounded[3]), new ComplexTensor(rounded[4], rounded[5]));

        Tolerance.Same(expected.Im.to(bfloat16), actual.Im);
        Tolerance.Same(expected.Im.select(1, 64), last.Im);
        foreach (var (e, a) in expectedGradients.Zip(gradients))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_part_of_the_states_may_be_all_that_is_read(bool real)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(B: 2, T: 65, D: 9, initial: true, restarts: false, seed: 5);

        List<Tensor> Gradients(Func<ComplexTensor, ComplexTensor, ComplexTensor?, ComplexTensor> scan)
        {
            List<Tensor> x = [.. inputs.Select(each => each.clone().requires_grad_())];
            var h = scan(new(x[0], x[1]), new(x[2], x[3]), new ComplexTensor(x[4], x[5]));
            (real ? h.Re : h.Im).square().sum().backward();
            return [.. x.Select(each => each.grad!)];
        }

        foreach (var (e, a) in Gradients(ComplexDiagonalScan.Fold).Zip(Gradients(FusedComplexDiagonalScan.Run)))
            Tolerance.Same(e, a);
    }

    private static Func<ComplexTensor, ComplexTensor, ComplexTensor?, ComplexTensor> Form(string name) => name switch
    {
        "fold" => ComplexDiagonalScan.Fold,
        "tree" => ComplexDiagonalScan.Tree,
        "fused" => FusedComplexDiagonalScan.Run,
        "run" => ComplexDiagonalScan.Run,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such form."),
    };

    /// <summary>a (re, im), b, and the initial state where there is one, in float64. |a| is below 1 and exactly 0 at restarts.</summary>
    private static List<Tensor> Inputs(long B, long T, long D, bool initial, bool restarts, long seed)
    {
        var generator = new Generator((ulong)seed + 1);
        var r = randn([B, T, D], float64, generator: generator).sigmoid();
        if (restarts)
            r = r.masked_fill(rand([B, T, 1], float64, generator: generator) < 0.2, 0);
        var a = ComplexTensor.Polar(r, randn([B, T, D], float64, generator: generator) * 3);
        List<Tensor> inputs = [a.Re, a.Im, randn([B, T, D], float64, generator: generator), randn([B, T, D], float64, generator: generator)];
        if (initial)
            inputs.AddRange([randn([B, D], float64, generator: generator), randn([B, D], float64, generator: generator)]);
        return inputs;
    }

    private static (ComplexTensor H, List<Tensor> Gradients) Differentiate(
        Func<ComplexTensor, ComplexTensor, ComplexTensor?, ComplexTensor> scan, List<Tensor> inputs, ComplexTensor weight, ScalarType dtype)
    {
        List<Tensor> x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
        var h = scan(new(x[0], x[1]), new(x[2], x[3]), x.Count > 4 ? new ComplexTensor(x[4], x[5]) : null);
        (h.Re * weight.Re.to(dtype) + h.Im * weight.Im.to(dtype)).sum().backward();
        // where T = 1 and there is no initial state, a takes no part
        return (h, [.. x.Select(each => each.grad ?? zeros_like(each))]);
    }

    private static double[] Values(Tensor tensor) => tensor.contiguous().data<double>().ToArray();
}
