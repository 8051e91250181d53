using Sequence.Kernels.Attention;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Attention;

/// <summary>Keys that leave: every form against a softmax with the mask written out key by key.</summary>
public sealed class KeySpansTests : IDisposable
{
    private const long B = 2, Hkv = 2, Group = 2, K = 6;
    private const double Tolerance = 1e-11;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<long, long, bool, bool> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, bool, bool>();
            foreach (var T in (long[])[1, 63, 64, 65, 100])
                foreach (var V in (long[])[K, 3])
                    foreach (var own in (bool[])[true, false])
                        foreach (var perHead in (bool[])[true, false])
                            cases.Add(T, V, own, perHead);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Windows_are_spans_and_equal_the_mask(long T, long V, bool own, bool perHead)
    {
        var slots = arange(T).unsqueeze(0);
        var widths = perHead ? tensor(new long[] { 1, 70 }).view(1, 2, 1).expand(B, 2, 1) : tensor(new long[] { 0, 30 }).view(2, 1);
        var lifetimes = (perHead ? slots.unsqueeze(1) : slots) + widths - 1;
        var spans = KeySpans.Between(zeros_like(slots), own ? slots : slots - 1, null, new KeyLifetimes(own ? slots : slots - 1, lifetimes, own));
        Assert.Null(spans.Bounds(perHead ? B * Hkv : B, T, T).Leaving);
        Same(T, V, spans, (row, head, t, s) =>
            own ? s == t || s < t && t <= At(lifetimes, row, head, s) : s < t && t - 1 <= At(lifetimes, row, head, s));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Keys_that_leave_in_any_order_equal_the_mask_in_packed_documents_too(long T, long V, bool own, bool perHead)
    {
        var slots = arange(T).unsqueeze(0);
        using var generator = new Generator((ulong)T);
        var starts = (rand([B, T], float64, generator: generator) < 0.05).logical_or(slots == 0);
        var begins = where(starts, slots, zeros_like(slots)).cummax(1).values;
        var lifetimes = slots.unsqueeze(1) + randint(-1, 40, perHead ? [B, Hkv, T] : [B, 1, T], int64, generator: generator);
        if (!perHead)
            lifetimes = lifetimes.squeeze(1);
        var last = own ? slots : slots - 1;
        var spans = KeySpans.Between(begins, last, null, new KeyLifetimes(last, lifetimes, own));
        Assert.Equal(T == 1, spans.Bounds(perHead ? B * Hkv : B, T, T).Leaving is null);
        Same(T, V, spans, (row, head, t, s) => s >= begins[row, t].ToInt64() && (own
            ? s == t || s < t && t <= At(lifetimes, row, head, s)
            : s < t && t - 1 <= At(lifetimes, row, head, s)));
    }

    [Theory]
    [InlineData(1, K, true)]
    [InlineData(1, 11, false)]
    [InlineData(3, 11, true)]
    [InlineData(4, 3, false)]
    public void A_few_queries_see_what_has_not_left_of_many_keys(long T, long V, bool own)
    {
        // more keys than one stretch of them; a tile and more of which all have left
        const long N = 700;
        using var generator = new Generator(8);
        var slots = N - T + arange(T).unsqueeze(0);
        var lifetimes = where(arange(N) < 640, arange(N) + randint(-1, 600, [B, Hkv, N], int64, generator: generator), arange(N));
        lifetimes.narrow(2, 64, 130).fill_(-1);
        var spans = KeySpans.Between(zeros_like(slots), slots, null, new KeyLifetimes(slots, lifetimes, own));
        List<Tensor> inputs = [.. new long[][] { [B, Hkv * Group, T, K], [B, Hkv, N, K], [B, Hkv, N, V] }.Select(shape => randn(shape, float64, generator: generator))];
        var weight = randn([B, Hkv * Group, T, V], float64, generator: generator);

        var expected = Differentiate(SoftmaxAttention.Plain, inputs, spans, weight);
        using var record = FormRecord.Begin();
        foreach (var (e, a) in expected.Zip(Differentiate(SoftmaxAttention.Run, inputs, spans, weight)))
            Assert.True(e.allclose(a, Tolerance, Tolerance), $"Off by {(e - a).abs().max().ToDouble():g3}.");
        Assert.StartsWith("tiled attention", record.Forms[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Padded_queries_give_no_gradients_and_lengths_follow_their_rows(bool rises)
    {
        const long T = 130;
        long[] lengths = [T, 20];
        var slots = arange(T).unsqueeze(0);
        var lifetimes = slots.unsqueeze(1) + (rises ? tensor(new long[] { 3, 9 }).view(1, 2, 1).expand(B, 2, 1) : randint(-1, 90, [B, 2, T], int64, generator: new Generator(5)));
        var spans = KeySpans.Between(zeros_like(slots), slots, lengths, new KeyLifetimes(slots, lifetimes, true));
        var real = (slots < tensor(lengths).unsqueeze(1)).view(B, 1, T, 1);
        var inputs = Inputs(T, K);
        var weight = randn([B, Hkv * Group, T, K], float64, generator: new Generator(3)) * real.to(float64);
        foreach (var (plain, tiled) in Differentiate(SoftmaxAttention.Plain, inputs, spans, weight).Zip(Differentiate(SoftmaxAttention.Run, inputs, spans, weight)).Skip(1))
            Assert.True(plain.allclose(tiled, Tolerance, Tolerance));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(40)]
    public void Mass_is_the_sum_of_the_weights(int? last)
    {
        const long T = 65;
        long[] lengths = [T, 20];
        var inputs = Inputs(T, K);
        foreach (var spans in (KeySpans[])[KeySpans.Causal(lengths), KeySpans.All, Windows(T)])
        {
            var mass = AttentionMass.Run(inputs[0], inputs[1], spans, lengths, last);
            for (var row = 0; row < B; row++)
            {
                for (var head = 0; head < Hkv; head++)
                {
                    var expected = zeros([T], float64);
                    for (var t = Math.Max(0, lengths[row] - (last ?? T)); t < lengths[row]; t++)
                    {
                        var seen = spans.Mask(T, t, 1, CPU).expand(spans.NeedsMask ? B * Hkv : 1, 1, 1, T)[spans.NeedsMask ? row * Hkv + head : 0, 0, 0];
                        for (var query = head * Group; query < (head + 1) * Group; query++)
                        {
                            var scores = inputs[1][row, head].matmul(inputs[0][row, query, t]) / Math.Sqrt(K);
                            expected += scores.masked_fill(seen.logical_not(), double.NegativeInfinity).softmax(0);
                        }
                    }

                    Assert.True(expected.allclose(mass[row, head].to(float64), 1e-5, 1e-5));
                }
            }
        }

        static KeySpans Windows(long T)
        {
            var slots = arange(T).unsqueeze(0);
            return KeySpans.Between(zeros_like(slots), slots, null, new KeyLifetimes(slots, slots.unsqueeze(1).expand(B, Hkv, T) + 4, true));
        }
    }

    [Fact]
    public void Blocks_of_queries_hold_no_mask_of_all()
    {
        const long T = 1 << 13;
        if (!OperatingSystem.IsLinux())
            return;
        var slots = arange(T).unsqueeze(0);
        var spans = KeySpans.Between(zeros_like(slots), slots, null, new KeyLifetimes(slots, where(slots < 4, full_like(slots, long.MaxValue), slots + 9), true));
        List<Tensor> inputs = [.. Inputs(T, K).Select(each => each.narrow(0, 0, 1).narrow(1, 0, 1).to(float32))];
        using var kernels = KernelScope.Prefer(KernelPreference.Reference);
        using var record = FormRecord.Begin();
        var before = PeakMemory.Anew();
        Differentiate(SoftmaxAttention.Run, inputs, spans, ones([1, 1, T, K], float32));
        Assert.InRange(PeakMemory.Bytes() - before, 0, T * T * sizeof(float) / 4);
        Assert.Equal("attention in blocks of queries, in tensor operations (kernels: reference)", record.Forms[0].ToString());
    }

    private static void Same(long T, long V, KeySpans spans, Func<int, int, long, long, bool> seen)
    {
        var mask = new bool[B * Hkv * T * T];
        var at = 0;
        for (var row = 0; row < B; row++)
            for (var head = 0; head < Hkv; head++)
                for (var t = 0L; t < T; t++)
                    for (var s = 0L; s < T; s++)
                        mask[at++] = seen(row, head, t, s);
        var visible = tensor(mask).view(B, Hkv, T, T).repeat_interleave(Group, 1);
        var inputs = Inputs(T, V);
        var weight = randn([B, Hkv * Group, T, V], float64, generator: new Generator(3));
        var expected = Differentiate((q, k, v, _, _) => Naive(q, k, v, visible), inputs, spans, weight);
        foreach (var (form, name) in ((Func<Tensor, Tensor, Tensor, KeySpans, double, Tensor>, string)[])
            [(SoftmaxAttention.Run, "run"), (SoftmaxAttention.Plain, "plain"), (Reference, "blocks")])
        {
            foreach (var (e, a) in expected.Zip(Differentiate(form, inputs, spans, weight)))
                Assert.True(e.allclose(a, Tolerance, Tolerance), $"{name}: off by {(e - a).abs().max().ToDouble():g3}");
        }
    }

    private static Tensor Reference(Tensor q, Tensor k, Tensor v, KeySpans spans, double dropout)
    {
        using var kernels = KernelScope.Prefer(KernelPreference.Reference);
        return SoftmaxAttention.Run(q, k, v, spans, dropout);
    }

    private static Tensor Naive(Tensor q, Tensor k, Tensor v, Tensor visible)
    {
        (k, v) = (k.repeat_interleave(Group, 1), v.repeat_interleave(Group, 1));
        var weights = (q.matmul(k.transpose(2, 3)) / Math.Sqrt(K)).exp() * visible.to(float64);
        return (weights / weights.sum(-1, keepdim: true).clamp_min(1e-300)).matmul(v);
    }

    private static List<Tensor> Inputs(long T, long V) =>
    [
        .. new long[][] { [B, Hkv * Group, T, K], [B, Hkv, T, K], [B, Hkv, T, V] }
            .Select((shape, index) => randn(shape, float64, generator: new Generator((ulong)(T + index)))),
    ];

    private static List<Tensor> Differentiate(Func<Tensor, Tensor, Tensor, KeySpans, double, Tensor> form, List<Tensor> inputs, KeySpans spans, Tensor weight)
    {
        List<Tensor> x = [.. inputs.Select(each => each.detach().clone().requires_grad_())];
        var y = form(x[0], x[1], x[2], spans, 0);
        (y * weight).sum().backward();
        return [y, .. x.Select(each => each.grad ?? zeros_like(each))];
    }

    private static long At(Tensor lifetimes, int row, int head, long key) =>
        (lifetimes.dim() == 3 ? lifetimes[row, head, key] : lifetimes[row, key]).ToInt64();
}
