using Sequence.Kernels.Attention;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Attention;

public sealed class SoftmaxAttentionTests
{
    public static TheoryData<long, long, long, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, long, ScalarType>();
            foreach (var T in (long[])[1, 2, 63, 64, 65, 100, 130, 257])
                foreach (var (heads, width) in ((long, long)[])[(1, 16), (3, 33), (1, 64), (2, 7)])
                    foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16])
                        cases.Add(T, heads, width, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tiles_equal_the_plain_form_causally_in_outputs_and_gradients(long T, long group, long width, ScalarType dtype) =>
        Same(Inputs(2, 2, group, T, T, width), KeySpans.Causal(), dtype);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tiles_equal_the_plain_form_in_packed_documents(long T, long group, long width, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var starts = rand([2, T], float64, generator: new Generator((ulong)T)) < 0.03;
        var t = arange(T).unsqueeze(0);
        var positions = t - where(starts, t, zeros_like(t)).cummax(1).values;
        Same(Inputs(2, 2, group, T, T, width), KeySpans.Of(t, positions), dtype);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 200, 200)]
    [InlineData(5, 70, 30)]
    [InlineData(65, 190, 150)]
    [InlineData(100, 301, 64)]
    public void Queries_may_begin_behind_keys_row_by_row(long T, long N, long seen)
    {
        using var scope = NewDisposeScope();
        var begin = tensor(new[] { N - T, Math.Min(3, N - T) }).unsqueeze(1);
        var slots = begin + arange(T).unsqueeze(0);
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
            Same(Inputs(2, 2, 2, T, N, 24), KeySpans.Of(slots, minimum(slots, tensor(seen))), dtype);
    }

    public static TheoryData<long[], long[], long[]> Mismatches => new()
    {
        { [2, 3, 65, 8], [2, 2, 65, 8], [2, 2, 65, 8] }, // heads
        { [2, 2, 65, 8], [2, 4, 65, 8], [2, 4, 65, 8] },
        { [2, 4, 65, 8], [2, 2, 65, 8], [2, 4, 65, 8] },
        { [2, 2, 65, 8], [2, 2, 65, 7], [2, 2, 65, 8] }, // widths
        { [2, 2, 65, 8], [2, 2, 65, 8], [2, 2, 64, 8] }, // lengths
        { [3, 2, 65, 8], [2, 2, 65, 8], [2, 2, 65, 8] }, // rows
        { [2, 2, 65, 8], [2, 65, 8], [2, 2, 65, 8] },
    };

    [Theory]
    [MemberData(nameof(Mismatches))]
    public void Inputs_that_do_not_belong_together_are_refused_in_both_forms(long[] q, long[] k, long[] v)
    {
        using var scope = NewDisposeScope();
        foreach (var preference in (KernelPreference[])[KernelPreference.Reference, KernelPreference.Fused])
        {
            using var kernels = KernelScope.Prefer(preference);
            Assert.Throws<ArgumentException>(() => SoftmaxAttention.Run(zeros(q), zeros(k), zeros(v), KeySpans.All));
        }
    }

    [Theory]
    [InlineData(2, 64)]
    [InlineData(3, 65)]
    public void Lifetimes_of_other_keys_are_refused_in_both_forms(long rows, long N)
    {
        using var scope = NewDisposeScope();
        var (x, slots) = (zeros(2, 2, 65, 8), arange(65).unsqueeze(0));
        var spans = KeySpans.Between(zeros_like(slots), slots, null, new KeyLifetimes(slots, zeros([rows, N], int64), true));
        foreach (var preference in (KernelPreference[])[KernelPreference.Reference, KernelPreference.Fused])
        {
            using var kernels = KernelScope.Prefer(preference);
            Assert.Throws<ArgumentException>(() => SoftmaxAttention.Run(x, x, x, spans));
        }
    }

    [Fact]
    public void Spans_of_other_rows_or_queries_are_refused_in_both_forms()
    {
        using var scope = NewDisposeScope();
        var (q, other) = (zeros(2, 2, 65, 8), arange(64).view(1, 64));
        foreach (var preference in (KernelPreference[])[KernelPreference.Reference, KernelPreference.Fused])
        {
            using var kernels = KernelScope.Prefer(preference);
            foreach (var spans in (KeySpans[])[KeySpans.Of(other, other), KeySpans.Causal([65]), KeySpans.Of(arange(65).expand(3, 65), arange(65).expand(3, 65))])
                Assert.Throws<ArgumentException>(() => SoftmaxAttention.Run(q, q, q, spans));
        }
    }

    [Fact]
    public void Tiles_refuse_keys_of_another_element_type()
    {
        using var scope = NewDisposeScope();
        var q = zeros(2, 2, 65, 8);
        Assert.Throws<KernelException>(() => TiledAttention.Run(q, q.to(float64), q, KeySpans.All));
        Assert.Throws<KernelException>(() => TiledAttention.Run(q.to(float16), q.to(float16), q.to(float16), KeySpans.All));
    }

    [Fact]
    public void Keys_and_values_that_rows_share_are_spread_over_them()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(3, 2, 2, 65, 65, 16);
        Same([inputs[0], inputs[1].narrow(0, 1, 1), inputs[2].narrow(0, 1, 1)], KeySpans.Causal(), ScalarType.Float64);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(33, 65)]
    [InlineData(130, 100)]
    public void All_keys_may_be_seen(long T, long N)
    {
        using var scope = NewDisposeScope();
        Same(Inputs(2, 2, 2, T, N, 24), KeySpans.All, ScalarType.Float64);
    }

    [Theory]
    [InlineData(1, 700, 7)]
    [InlineData(4, 65, 40)]
    [InlineData(65, 65, 7)]
    [InlineData(100, 100, 40)]
    public void Values_may_be_of_another_width_than_keys(long T, long N, long V)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(2, 2, 2, T, N, 24);
        inputs[2] = randn([2, 2, N, V], float64, generator: new Generator(9));
        Same(inputs, KeySpans.All, ScalarType.Float64);
    }

    [Theory]
    [InlineData(65)]
    [InlineData(200)]
    public void Padded_queries_are_left_out(long T)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(3, 2, 1, T, T, 16);
        long[] lengths = [T, 1, T - 64];
        var real = arange(T).view(1, 1, T, 1) < tensor(lengths).view(3, 1, 1, 1);
        var weight = randn([3, 2, T, 16], float64, generator: new Generator(3)) * real.to(float64);

        var (expected, expectedGradients) = Differentiate(SoftmaxAttention.Plain, inputs, KeySpans.Causal(), weight, float64);
        var (actual, gradients) = Differentiate(Tiled, inputs, KeySpans.Causal(lengths), weight, float64);

        Tolerance.Same(expected * real, actual);
        foreach (var (e, a) in expectedGradients.Zip(gradients))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(65, true)]
    [InlineData(65, false)]
    [InlineData(100, true)]
    public void That_of_the_tensor_library_gives_the_same(long T, bool causal)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(2, 4, 2, T, T, 24);
        var spans = causal ? KeySpans.Causal() : KeySpans.All;
        var weight = randn([2, 8, T, 24], float64, generator: new Generator(5));

        var (expected, expectedGradients) = Differentiate(SoftmaxAttention.Plain, inputs, spans, weight, float64);
        var (actual, gradients) = Differentiate(SoftmaxAttention.OfLibrary, inputs, spans, weight, float64);

        Tolerance.Same(expected, actual);
        foreach (var (e, a) in expectedGradients.Zip(gradients))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void Inputs_may_be_strided()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(Func<Tensor, Tensor, Tensor, KeySpans, double, Tensor> form)
        {
            var packed = randn([2, 70, 3 * 16], float64, generator: new Generator(4)).requires_grad_();
            var heads = packed.view(2, 70, 3, 16).transpose(1, 2);
            var turned = heads.narrow(1, 2, 1).transpose(2, 3).contiguous().transpose(2, 3);
            form(heads.narrow(1, 0, 1), heads.narrow(1, 1, 1), turned, KeySpans.Causal(), 0).transpose(2, 3).square().sum().backward();
            return packed.grad!;
        }

        Tolerance.Same(Gradient(SoftmaxAttention.Plain), Gradient(Tiled));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Two_threads_give_what_one_gives_bit_for_bit(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(2, 2, 2, 200, 200, 32);
        var weight = randn([2, 4, 200, 32], float64, generator: new Generator(3));
        List<Tensor> On(int threads)
        {
            using var _ = new Threads(threads);
            var (y, gradients) = Differentiate(Tiled, inputs, KeySpans.Causal(), weight, dtype);
            return [y, .. gradients];
        }

        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

    [Fact]
    public void Scores_without_bound_give_finite_results_and_a_NaN_is_seen()
    {
        using var scope = NewDisposeScope();
        var x = 1e4 * randn([1, 1, 130, 16], generator: new Generator(5));
        var (y, gradients) = Differentiate(Tiled, [x, x, x], KeySpans.Causal(), ones_like(x), float32);
        Assert.True(y.isfinite().all().ToBoolean());
        Assert.All(gradients, gradient => Assert.True(gradient.isfinite().all().ToBoolean()));

        x[0, 0, 70, 3] = float.NaN;
        Assert.True(Tiled(x, x, x, KeySpans.Causal(), 0).narrow(2, 70, 60).isnan().any(-1).all().ToBoolean());
    }

    [Fact]
    public void Memory_is_linear_in_time()
    {
        const long T = 1 << 14, Materialised = T * T * sizeof(float);
        if (!OperatingSystem.IsLinux())
            return;

        using var scope = NewDisposeScope();
        List<Tensor> inputs = [.. Inputs(1, 1, 1, T, T, 8).Select(each => each.to(float32))];
        var before = PeakMemory.Anew();
        Differentiate(Tiled, inputs, KeySpans.Causal(), ones([1, 1, T, 8]), float32);
        Assert.InRange(PeakMemory.Bytes() - before, 0, Materialised / 4);
    }

    [Fact]
    public void What_is_refused_is_said()
    {
        using var scope = NewDisposeScope();
        var x = zeros(1, 2, 3, 4);
        Assert.Null(TiledAttention.Refusal(x, x, x));
        Assert.Contains("dropout", TiledAttention.Refusal(x, x, x, 0.1), StringComparison.Ordinal);
        Assert.Contains("Float64", TiledAttention.Refusal(x, x, x.to(float64)), StringComparison.Ordinal);
        Assert.Contains("nothing", TiledAttention.Refusal(x, x.narrow(2, 0, 0), x.narrow(2, 0, 0)), StringComparison.Ordinal);
    }

    private static void Same(List<Tensor> inputs, KeySpans spans, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var weight = randn([.. inputs[0].shape[..3], inputs[2].shape[3]], float64, generator: new Generator(3));
        inputs = [.. inputs.Select(each => each.to(dtype).to(float64))];

        var (expected, expectedGradients) = Differentiate(SoftmaxAttention.Plain, inputs, spans, weight, float64);
        var (actual, gradients) = Differentiate(Tiled, inputs, spans, weight, dtype);

        Tolerance.Same(expected, actual);
        Tolerance.Same(Joined(expectedGradients), Joined(gradients));
    }

    /// <summary>As one, for a query that sees one key has no gradient: what is left there is the rounding of numbers as large as the others.</summary>
    private static Tensor Joined(List<Tensor> gradients) => cat([.. gradients.Select(each => each.flatten())]);

    private static Tensor Tiled(Tensor q, Tensor k, Tensor v, KeySpans spans, double dropout) => TiledAttention.Run(q, k, v, spans);

    /// <summary>q, [B, Hkv group, T, K], k and v, [B, Hkv, N, K].</summary>
    private static List<Tensor> Inputs(long B, long Hkv, long group, long T, long N, long K) =>
    [
        .. new long[][] { [B, Hkv * group, T, K], [B, Hkv, N, K], [B, Hkv, N, K] }
            .Select((shape, index) => randn(shape, float64, generator: new Generator((ulong)(T + index)))),
    ];

    private static (Tensor Y, List<Tensor> Gradients) Differentiate(
        Func<Tensor, Tensor, Tensor, KeySpans, double, Tensor> form, List<Tensor> inputs, KeySpans spans, Tensor weight, ScalarType dtype)
    {
        List<Tensor> x = [.. inputs.Select(each => each.detach().to(dtype, copy: true).requires_grad_())];
        var y = form(x[0], x[1], x[2], spans, 0);
        (y * weight.to(dtype)).sum().backward();
        return (y, [.. x.Select(each => each.grad!)]);
    }
}
