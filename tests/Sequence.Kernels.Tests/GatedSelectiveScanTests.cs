using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class GatedSelectiveScanTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _scope.Dispose();

    public static TheoryData<long, long, long, bool, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, long, bool, bool, ScalarType>();
            foreach (var T in (long[])[1, 63, 64, 65, 100])
                foreach (var (N, E) in ((long, long)[])[(1, 8), (16, 150), (3, 5)])
                    foreach (var restarts in (bool[])[false, true])
                        foreach (var padded in (bool[])[false, true])
                            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                                cases.Add(T, N, E, restarts, padded, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_the_fold_in_outputs_last_states_and_gradients(long T, long N, long E, bool restarts, bool padded, ScalarType dtype)
    {
        var inputs = Inputs(T, N, E);
        var starts = restarts ? rand([3, T], float64, generator: new Generator(7)) < 0.2 : null;
        var padding = padded ? arange(T).unsqueeze(0) >= tensor(new[] { T, T / 2, 0 }).unsqueeze(1) : null;

        var expected = Differentiate(GatedSelectiveScan.Fold, inputs, starts, padding, ScalarType.Float64);
        var actual = Differentiate(FusedGatedSelectiveScan.Run, inputs, starts, padding, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void BFloat16_is_float32_up_to_rounding()
    {
        var rounded = Inputs(65, 5, 70).Select(each => each.to(bfloat16)).ToArray();

        var expected = Differentiate(FusedGatedSelectiveScan.Run, rounded, null, null, ScalarType.Float32);
        var actual = Differentiate(FusedGatedSelectiveScan.Run, rounded, null, null, ScalarType.BFloat16);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void Two_threads_give_what_one_gives_bit_for_bit()
    {
        var inputs = Inputs(1_100, 3, 520);

        List<Tensor> On(int threads)
        {
            using var _ = new Threads(threads);
            return Differentiate(FusedGatedSelectiveScan.Run, inputs, null, null, ScalarType.Float32);
        }

        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
    [Fact]
    public void The_fused_form_refuses_a_second_derivative()
    {
        var x = Inputs(5, 2, 8).Select(each => each.requires_grad_()).ToArray();
        var (y, _) = FusedGatedSelectiveScan.Run(new(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]), x[8]);

        var refusal = Assert.Throws<NotSupportedException>(() => autograd.grad([y.sum()], [x[0]], create_graph: true));
        Assert.Contains("Fold", refusal.Message, StringComparison.Ordinal);
    }
#endif

    /// <summary>s, b, A, u, z, B, C, D and the first h of three rows, in float64.</summary>
    private static Tensor[] Inputs(long T, long N, long E)
    {
        var generator = new Generator((ulong)T);
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator);
        return [Draw(3, T, E), Draw(E) - 1, -Draw(N, E).exp(), Draw(3, T, E), Draw(3, T, E), Draw(3, T, N), Draw(3, T, N), Draw(E), Draw(3, N, E)];
    }

    /// <summary>y, the last h and the gradients of the inputs.</summary>
    private static List<Tensor> Differentiate(
        Func<GatedSelectiveInputs, Tensor, (Tensor, Tensor)> scan, Tensor[] inputs, Tensor? starts, Tensor? padding, ScalarType dtype)
    {
        var x = inputs.Select(each => each.to(dtype, copy: true).requires_grad_()).ToArray();
        var (y, last) = scan(new(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], starts, padding), x[8]);
        Tensor Weighed(Tensor result) => (result * randn(result.shape, float64, generator: new Generator(11)).to(result.dtype)).sum().to(float64);
        (Weighed(y) + Weighed(last)).backward();
        return [y, last, .. x.Select(each => each.grad!)];
    }
}
