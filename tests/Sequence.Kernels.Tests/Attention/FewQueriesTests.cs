using Sequence.Kernels.Attention;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Attention;

/// <summary>A few queries over many keys, as in decoding: stretches of keys put together are the whole.</summary>
public sealed class FewQueriesTests
{
    private const long Rows = 2, KeyHeads = 2;

    public static TheoryData<long, long, long, long, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, long, long, ScalarType>();
            foreach (var T in (long[])[1, 3, 4, 5])
                foreach (var N in (long[])[63, 65, 512, 513, 1100])
                    foreach (var (group, K) in ((long, long)[])[(1, 64), (3, 33), (4, 7)])
                        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16])
                            cases.Add(T, N, group, K, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_equal_the_plain_form(long T, long N, long group, long K, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var inputs = Inputs(T, N, group, K, dtype);
        foreach (var spans in (KeySpans[])[KeySpans.All, Late(T, N, seen: N), Late(T, N, seen: 70)])
            Tolerance.Same(Plain(inputs, spans), TiledAttention.Run(inputs[0], inputs[1], inputs[2], spans));
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(1, 1100)]
    [InlineData(4, 600)]
    public void Gradients_are_those_of_the_plain_form(long T, long N)
    {
        using var scope = NewDisposeScope();
        List<Tensor> Gradients(Func<List<Tensor>, KeySpans, Tensor> form)
        {
            List<Tensor> inputs = [.. Inputs(T, N, group: 2, K: 24, ScalarType.Float64).Select(each => each.requires_grad_())];
            form(inputs, Late(T, N, seen: N / 2)).square().sum().backward();
            return [.. inputs.Select(each => each.grad!)];
        }

        foreach (var (expected, actual) in Gradients(Plain).Zip(Gradients((x, spans) => TiledAttention.Run(x[0], x[1], x[2], spans))))
            Tolerance.Same(expected, actual);
    }

    [Fact]
    public void Two_threads_give_what_one_gives_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var inputs = Inputs(1, 3000, group: 2, K: 64, ScalarType.Float32);
        Tensor On(int threads)
        {
            using var _ = new Threads(threads);
            return TiledAttention.Run(inputs[0], inputs[1], inputs[2], KeySpans.All);
        }

        Assert.True(On(1).eq(On(2)).all().ToBoolean(), "Threads change a result.");
    }

    [Fact]
    public void A_padded_query_gives_nothing_and_scores_without_bound_are_finite()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var inputs = Inputs(2, 700, group: 1, K: 16, ScalarType.Float32);
        var y = TiledAttention.Run(inputs[0], inputs[1], inputs[2], KeySpans.Causal([2, 1]));
        Assert.Equal(0, y[1, .., 1].abs().max().ToDouble());

        Assert.True(TiledAttention.Run(1e4 * inputs[0], 1e4 * inputs[1], inputs[2], KeySpans.All).isfinite().all().ToBoolean());
    }

    [Fact]
    public void What_is_not_wanted_for_a_gradient_leaves_no_tensor()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var inputs = Inputs(1, 100, group: 1, K: 16, ScalarType.Float32);
        var before = Tensor.TotalCount;
        TiledAttention.Run(inputs[0], inputs[1], inputs[2], KeySpans.All).Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    /// <summary>Queries behind the last keys, each seeing so many.</summary>
    private static KeySpans Late(long T, long N, long seen)
    {
        var slots = (N - T + arange(T)).unsqueeze(0);
        return KeySpans.Of(slots, minimum(slots, tensor(seen)));
    }

    private static Tensor Plain(List<Tensor> inputs, KeySpans spans) =>
        SoftmaxAttention.Plain(inputs[0].to(float64), inputs[1].to(float64), inputs[2].to(float64), spans);

    private static List<Tensor> Inputs(long T, long N, long group, long K, ScalarType dtype) =>
    [
        .. new long[][] { [Rows, KeyHeads * group, T, K], [Rows, KeyHeads, N, K], [Rows, KeyHeads, N, K] }
            .Select((shape, index) => randn(shape, float64, generator: new Generator((ulong)(T + index))).to(dtype)),
    ];
}
