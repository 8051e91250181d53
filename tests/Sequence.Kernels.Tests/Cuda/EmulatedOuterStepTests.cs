using Sequence.Kernels.Outer;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>One token of the recurrences with a matrix a head, by the kernel for a GPU, is that of the meaning in float64.</summary>
public sealed class EmulatedOuterStepTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose()
    {
        _gpu.Dispose();
        _scope.Dispose();
    }

    public enum Kind
    {
        Plain,
        HeadDecay,
        ChannelDecay,
        LogScaled,
        Delta,
        DecayedDelta,
    }

    public static TheoryData<Kind, ScalarType> Cases => ElementCases.Of<Kind>();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_step_is_that_of_the_meaning_at_any_size(Kind kind, ScalarType dtype)
    {
        using var constant = no_grad();
        // K of one, of parts of a block, of whole ones, and of more than a block keeps
        foreach (var (B, H, K, V) in ((long, long, long, long)[])[(1, 1, 1, 1), (2, 3, 63, 65), (1, 2, 64, 64), (3, 1, 65, 100), (1, 2, 100, 63), (1, 1, 129, 33), (1, 1, 256, 31), (1, 1, 300, 5)])
        {
            foreach (var (initial, starts, shared) in ((bool, bool, bool)[])[(true, false, false), (true, true, true), (false, true, false)])
            {
                using var scope = NewDisposeScope();
                var x = Inputs(kind, B, 1, H, K, V, shared && kind != Kind.ChannelDecay, dtype);
                var state = initial ? Before(kind, B, H, K, V) : null;
                var begins = starts ? arange(B).view(B, 1) % 2 == 0 : null;

                var expected = Fold(kind, Wide(x), state, begins);
                using var record = FormRecord.Begin();
                var actual = Run(kind, x, state, begins);

                Assert.True(Assert.Single(record.Forms).IsFused);
                Assert.Equal(dtype, actual[0].dtype);
                Assert.Equal(StateElement.Of(dtype), actual[1].dtype);
                foreach (var (e, a) in expected.Zip(actual))
                    Same(e, a);
            }
        }
    }

    [Theory]
    [InlineData(Kind.ChannelDecay)]
    [InlineData(Kind.LogScaled)]
    [InlineData(Kind.DecayedDelta)]
    public void Fifty_steps_are_one_scan(Kind kind)
    {
        using var constant = no_grad();
        const long B = 2, H = 2, K = 17, V = 35, T = 50;
        var x = Inputs(kind, B, T, H, K, V, shared: false, float64);
        var starts = rand([B, T], float64, generator: new Generator(3)) < 0.1;

        var expected = Fold(kind, x, null, starts);
        List<Tensor> y = [];
        Tensor[]? state = null;
        for (var t = 0L; t < T; t++)
        {
            var results = Run(kind, [.. x.Select(each => each.narrow(1, t, 1))], state, starts.narrow(1, t, 1));
            y.Add(results[0]);
            state = [.. results[1..]];
        }

        Same(expected[0], cat(y, 1));
        Same(expected[1], state![0]);
    }

    [Fact]
    public void A_step_leaves_the_state_before_it_as_it_is()
    {
        using var constant = no_grad();
        var x = Inputs(Kind.Plain, 2, 1, 3, 5, 7, shared: false, float32);
        var before = Before(Kind.Plain, 2, 3, 5, 7)[0].to(float32);
        var kept = before.clone();

        OuterProductScan.Run(x[0], x[1], x[2], null, before);

        Assert.True(before.eq(kept).all().ToBoolean());
    }

    [Fact]
    public void A_head_that_took_in_nothing_yet_has_a_state_of_nothing()
    {
        using var constant = no_grad();
        var x = Inputs(Kind.LogScaled, 1, 1, 2, 5, 7, shared: false, float64);
        x[4] = full_like(x[4], double.NegativeInfinity);

        foreach (var before in (Tensor[]?[])[null, [zeros(1, 2, 5, 7, float64), full([1, 2, 1, 1], double.NegativeInfinity, float64)]])
        {
            var results = Run(Kind.LogScaled, x, before, null);
            Assert.True(results[0].eq(0).all().ToBoolean());
            Assert.True(results[1].eq(0).all().ToBoolean());
            Assert.True(results[2].isneginf().all().ToBoolean());
            Assert.True(results[3].eq(0).all().ToBoolean());
        }
    }

    [Theory]
    [InlineData(Kind.Plain)]
    [InlineData(Kind.LogScaled)]
    [InlineData(Kind.Delta)]
    public void Gradients_the_preference_and_more_tokens_leave_it_to_others(Kind kind)
    {
        string? Why(Tensor[] x)
        {
            using var record = FormRecord.Begin();
            Run(kind, x, null, null);
            return record.Forms.SingleOrDefault(form => form.Kernel == OuterStep.Kernel.Name)?.WhyNotFused ?? (record.Forms.Any(form => form.Kernel == OuterStep.Kernel.Name) ? "fused" : "not asked");
        }

        var one = Inputs(kind, 1, 1, 2, 3, 4, shared: false, float32);
        Assert.Equal("fused", Why(one));
        using (KernelScope.Prefer(KernelPreference.Reference))
            Assert.Equal("kernels: reference", Why(one));
        Assert.Equal("not asked", Why(Inputs(kind, 1, 2, 2, 3, 4, shared: false, float32)));
        one[^1].requires_grad_();
        Assert.Equal("gradients are wanted", Why(one));
        using (no_grad())
            Assert.Equal("fused", Why(one));
    }

    [Fact]
    public void Scans_that_read_memory_of_the_cpu_have_no_form_on_a_gpu()
    {
        foreach (var kernel in (Kernel[])[OuterProductScan.Kernel, DeltaRuleScan.Kernel])
        {
            using var record = FormRecord.Begin();
            Assert.False(kernel.Fuses(DeviceType.CUDA, ScalarType.Float32));
            Assert.Equal("no fused form on CUDA", Assert.Single(record.Forms).WhyNotFused);
        }
    }

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Tolerance.Same(LogScaled.Finite(expected), LogScaled.Finite(actual));
    }

    private static Tensor[] Wide(Tensor[] x) => [.. x.Select(each => each.to(float64))];

    /// <summary>y, the last S, and of a log scale the last m and the scales of y.</summary>
    private static Tensor[] Run(Kind kind, Tensor[] x, Tensor[]? before, Tensor? starts) => kind switch
    {
        Kind.LogScaled => Of(LogScaledScan.Run(x[0], x[1], x[2], x[3], x[4], before is null ? null : new(before[1], before[0]), starts)),
        Kind.Delta or Kind.DecayedDelta => Of(DeltaRuleScan.Run(x[0], x[1], x[2], x[3], x.ElementAtOrDefault(4), before?[0], starts)),
        _ => Of(OuterProductScan.Run(x[0], x[1], x[2], x.ElementAtOrDefault(3), before?[0], starts)),
    };

    private static Tensor[] Fold(Kind kind, Tensor[] x, Tensor[]? before, Tensor? starts) => kind switch
    {
        Kind.LogScaled => Of(LogScaledScan.Fold(x[0], x[1], x[2], x[3], x[4], before is null ? null : new(before[1], before[0]), starts)),
        Kind.Delta or Kind.DecayedDelta => Of(DeltaRuleScan.Fold(x[0], x[1], x[2], x[3], x.ElementAtOrDefault(4), before?[0], starts)),
        _ => Of(OuterProductScan.Fold(x[0], x[1], x[2], x.ElementAtOrDefault(3), before?[0], starts)),
    };

    private static Tensor[] Of((Tensor Y, Tensor Last) results) => [results.Y, results.Last];

    private static Tensor[] Of((Tensor Y, Tensor Scales, LogScaled Last) results) => [results.Y, results.Last.Values, results.Last.Log, results.Scales];

    /// <summary>S in float64, and m.</summary>
    private static Tensor[] Before(Kind kind, long B, long H, long K, long V)
    {
        var generator = new Generator(7);
        var S = randn([B, H, K, V], float64, generator: generator);
        return kind == Kind.LogScaled ? [S, randn([B, H, 1, 1], float64, generator: generator)] : [S];
    }

    /// <summary>q, k, v; beta of a delta rule; l; i of a log scale. q, k and v lie side by side, as a projection leaves them.</summary>
    private static Tensor[] Inputs(Kind kind, long B, long T, long H, long K, long V, bool shared, ScalarType dtype)
    {
        var generator = new Generator((ulong)(K + V));
        Tensor Draw(long heads, long width) => randn([B, T, heads, width], float64, generator: generator);
        var heads = shared ? 1 : H;
        var parts = Draw(1, 2 * heads * K + H * V).to(dtype).split([heads * K, heads * K, H * V], 3);
        var (q, k, v) = (parts[0].view(B, T, heads, K), parts[1].view(B, T, heads, K), parts[2].view(B, T, H, V));
        if (kind is Kind.Delta or Kind.DecayedDelta)
            k = (k / k.to(float64).norm(3, keepdim: true)).to(dtype);
        Tensor Decay(long width) => -Draw(H, width).exp();
        return kind switch
        {
            Kind.Plain => [q, k, v],
            Kind.HeadDecay => [q, k, v, Decay(1)],
            Kind.ChannelDecay => [q, k, v, Decay(K)],
            Kind.LogScaled => [q, k, v, Decay(1), 3 * Draw(H, 1)],
            Kind.Delta => [q, k, v, Draw(H, 1).sigmoid()],
            _ => [q, k, v, Draw(H, 1).sigmoid(), Decay(1)],
        };
    }
}
