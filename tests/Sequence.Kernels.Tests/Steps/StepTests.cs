using Sequence.Kernels.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Steps;

/// <summary>Steps in place against tensor operations.</summary>
public sealed class StepTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<int, int, int, ScalarType> Maps
    {
        get
        {
            var cases = new TheoryData<int, int, int, ScalarType>();
            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
            {
                foreach (var (K, M) in ((int, int)[])[(1, 1), (3, 5), (63, 64), (64, 65), (65, 63), (100, 2)])
                {
                    foreach (var B in (int[])[1, 2, 3, 8])
                        cases.Add(B, K, M, dtype);
                }
            }

            // shared by threads
            cases.Add(2, 500, 701, ScalarType.Float32);
            return cases;
        }
    }

    public static TheoryData<string, int, ScalarType> Functions
    {
        get
        {
            var cases = new TheoryData<string, int, ScalarType>();
            foreach (var name in (string[])["silu", "sigmoid", "softplus", "log-sigmoid", "exp", "relu", "gelu", "elu", "positive"])
            {
                foreach (var width in (int[])[1, 7, 64, 65])
                {
                    cases.Add(name, width, ScalarType.Float32);
                    cases.Add(name, width, ScalarType.Float64);
                }
            }

            return cases;
        }
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Maps))]
    public void A_map_is_the_product_with_its_matrix(int B, int K, int M, ScalarType dtype)
    {
        using var threads = new Threads(2);
        using var work = Workspace.Open();
        var (W, b, x) = (Draw(dtype, M, K), Draw(dtype, M), Draw(dtype, B, K));
        var (with, without) = (empty(B, M, dtype), empty(B, M, dtype));

        work.Map(W, b, Vectors.Of(x)).CopyTo(Vectors.Of(with));
        work.Map(W, null, Vectors.Of(x)).CopyTo(Vectors.Of(without));

        Tolerance.Same(nn.functional.linear(x, W, b), with);
        Tolerance.Same(nn.functional.linear(x, W), without);
    }

    [Fact]
    public void A_map_of_parts_of_vectors_sees_those_parts_alone()
    {
        using var work = Workspace.Open();
        var (W, x, y) = (Draw(ScalarType.Float32, 9, 10), Draw(ScalarType.Float32, 3, 40), zeros(3, 30));

        LinearMaps.Map(W, null, Vectors.Of(x).Slice(20, 10), Vectors.Of(y).Slice(5, 9));

        Tolerance.Same(nn.functional.linear(x.narrow(1, 20, 10), W), y.narrow(1, 5, 9));
        Assert.Equal(0, y.narrow(1, 0, 5).abs().sum().ToDouble() + y.narrow(1, 14, 16).abs().sum().ToDouble());
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Functions_of_vectors_are_those_of_tensors(string name, int width, ScalarType dtype)
    {
        // near zero, and where one side of a function ends
        var x = cat(new[] { Draw(dtype, 1, width), Draw(dtype, 1, width) * 5, Draw(dtype, 1, width) * 1e-3 }, 0);
        var y = x.clone();
        var v = Vectors.Of(y);
        var expected = name switch
        {
            "silu" => nn.functional.silu(x),
            "sigmoid" => x.sigmoid(),
            "softplus" => x.clamp_min(0) + (-x.abs()).exp().log1p(),
            "log-sigmoid" => nn.functional.logsigmoid(x),
            "exp" => x.exp(),
            "relu" => x.relu(),
            "gelu" => nn.functional.gelu(x),
            "elu" => nn.functional.elu(x, 1) + 1,
            _ => where(x >= 0, x + 0.5, x.sigmoid()),
        };
        _ = name switch
        {
            "silu" => Done(v.Silu()),
            "sigmoid" => Done(v.Sigmoid()),
            "softplus" => Done(v.Softplus()),
            "log-sigmoid" => Done(v.LogSigmoid()),
            "exp" => Done(v.Exp()),
            "relu" => Done(v.Relu()),
            "gelu" => Done(v.Gelu()),
            "elu" => Done(v.EluPlusOne()),
            _ => Done(v.Positive()),
        };

        for (var row = 0; row < 3; row++)
            Tolerance.Same(expected[row], y[row]);

        static bool Done(Vectors _) => true;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65)]
    public void Functions_of_two_and_three_vectors_take_a_shared_one_too(int width)
    {
        var (x, y, s) = (Draw(ScalarType.Float64, 3, width), Draw(ScalarType.Float64, 3, width), Draw(ScalarType.Float64, width));

        Check(x * s, v => v.Times(Vectors.Shared(s)));
        Check(x + y * s, v => v.PlusProduct(Vectors.Of(y), Vectors.Shared(s)));
        Check(x * nn.functional.silu(y), v => v.TimesSilu(Vectors.Of(y)));
        Check(x * y.sigmoid(), v => v.TimesSigmoid(Vectors.Of(y)));
        Check((-x * s.exp()).exp(), v => v.Decay(Vectors.Shared(s)));
        Check(0.5 * x - 2 * y, v => v.Mix(0.5, Vectors.Of(y), -2));
        Check((-y).sigmoid() * x + y.sigmoid() * s, v => v.Gate(Vectors.Of(y), Vectors.Shared(s)));

        void Check(Tensor expected, Change change)
        {
            var actual = x.clone();
            change(Vectors.Of(actual));
            Tolerance.Same(expected, actual);
        }
    }

    [Theory]
    [InlineData(1, 1, ScalarType.Float64)]
    [InlineData(65, 1, ScalarType.Float32)]
    [InlineData(60, 4, ScalarType.Float64)]
    public void Norms_are_those_of_each_group(int width, int groups, ScalarType dtype)
    {
        var (x, w, b) = (Draw(dtype, 3, width) + 2, Draw(dtype, width), Draw(dtype, width));
        var (rms, layer) = (empty_like(x), x.clone());
        Norms.RootMeanSquare(Vectors.Of(x), w, 1e-5, Vectors.Of(rms), groups);
        Norms.Layer(Vectors.Of(layer), w, b, 1e-5, Vectors.Of(layer), groups);

        var heads = x.view(3, groups, -1);
        Tolerance.Same((heads * (heads.square().mean([-1], keepdim: true) + 1e-5).rsqrt()).view(3, width) * w, rms);
        Tolerance.Same(nn.functional.layer_norm(heads, [width / groups], eps: 1e-5).view(3, width) * w + b, layer);
    }

    [Fact]
    public void The_norm_of_numbers_whose_squares_overflow_is_finite()
    {
        var x = full([1, 64], 1e30f);
        Norms.RootMeanSquare(Vectors.Of(x), ones(64), 1e-5, Vectors.Of(x));
        Tolerance.Same(ones(1, 64), x);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(16, 65)]
    public void A_selective_step_is_a_scan_of_one_token(int N, int E)
    {
        var dtype = ScalarType.Float64;
        var (dt, u, B, C) = (Draw(dtype, 2, E).exp(), Draw(dtype, 2, E), Draw(dtype, 2, N), Draw(dtype, 2, N));
        var (aLog, skip, h) = (Draw(dtype, N * E), Draw(dtype, E), Draw(dtype, 2, N, E));
        var (y, last) = SelectiveScan.Fold(
            dt.unsqueeze(1), -aLog.exp().view(N, E), (dt * u).unsqueeze(1), B.unsqueeze(1), C.unsqueeze(1), h);

        SelectiveStep.Run(Vectors.Of(dt), aLog, Vectors.Of(u), Vectors.Of(B), Vectors.Of(C), skip, h);

        Tolerance.Same(last, h);
        Tolerance.Same(y.squeeze(1) + skip * u, dt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void A_step_of_outer_products_is_a_scan_of_one_token(int decays)
    {
        const int H = 4, K = 5, V = 37;
        var dtype = ScalarType.Float64;
        var (q, k, v, S) = (Draw(dtype, 2, H, K), Draw(dtype, 2, H, K), Draw(dtype, 2, H, V), Draw(dtype, 2, H, K, V));
        var log = decays == 0 ? null : -Draw(dtype, 2, 1, H, decays).exp();
        var (y, last) = OuterProductScan.Fold(q.unsqueeze(1), k.unsqueeze(1), v.unsqueeze(1), log, S);

        OuterProductStep.Run(Vectors.Of(q), Vectors.Of(k), Vectors.Of(v), log is null ? default : Vectors.Of(log.exp()), S, H);

        Tolerance.Same(last, S);
        Tolerance.Same(y.squeeze(1), v);
    }

    [Fact]
    public void Heads_of_a_group_share_a_key()
    {
        const int H = 4, K = 3, V = 9;
        var dtype = ScalarType.Float32;
        var (q, k, v, S) = (Draw(dtype, 2, 2, K), Draw(dtype, 2, 2, K), Draw(dtype, 2, H, V), Draw(dtype, 2, H, K, V));
        Tensor Spread(Tensor x) => x.repeat_interleave(H / 2, dim: 1).unsqueeze(1);
        var (y, last) = OuterProductScan.Fold(Spread(q), Spread(k), v.unsqueeze(1), null, S);

        OuterProductStep.Run(Vectors.Of(q), Vectors.Of(k), Vectors.Of(v), default, S, H);

        Tolerance.Same(last, S);
        Tolerance.Same(y.squeeze(1), v);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var (x, wide) = (zeros(2, 4), zeros(2, 4, float64));

        Assert.Throws<ArgumentException>(() => LinearMaps.Map(zeros(3, 5), null, Vectors.Of(x), Vectors.Of(zeros(2, 3))));
        Assert.Throws<ArgumentException>(() => LinearMaps.Map(zeros(3, 4, float64), null, Vectors.Of(x), Vectors.Of(zeros(2, 3))));
        Assert.Throws<ArgumentException>(() => { Vectors.Of(x).Plus(Vectors.Of(wide)); });
        Assert.Throws<ArgumentException>(() => { Vectors.Of(x.to(bfloat16)); });
        Assert.Throws<ArgumentException>(() => { Vectors.Of(x.t()); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Vectors.Of(x).Slice(2, 3); });
    }

    [Fact]
    public void A_workspace_keeps_apart_what_is_taken_and_stops_growing()
    {
        var x = ones(1, 100);
        var allocated = 0L;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var outer = Workspace.Open();
            var first = outer.Copy(Vectors.Of(x));
            using (var inner = Workspace.Open())
            {
                for (var more = 0; more < 20; more++)
                    inner.Take(Vectors.Of(x), 5_000).Fill(7);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(1, first.At(0, 99));
        }

        Assert.Equal(0, allocated);
    }

    private delegate Vectors Change(Vectors x);

    private static Tensor Draw(ScalarType dtype, params long[] shape)
    {
        using var generator = new Generator((ulong)shape.Sum());
        return randn(shape, float64, generator: generator).to(dtype);
    }
}
