using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class GatedDiagonalScanTests : IDisposable
{
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
            foreach (var T in (long[])[1, 63, 64, 65, 100])
                foreach (var D in (long[])[5, 83])
                    foreach (var restarts in (bool[])[false, true])
                        foreach (var padded in (bool[])[false, true])
                            foreach (var positive in (bool[])[false, true])
                                foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                                    cases.Add(T, D, restarts, padded, positive, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_the_fold_in_outputs_last_states_and_gradients(long T, long D, bool restarts, bool padded, bool isPositive, ScalarType dtype)
    {
        var inputs = Inputs(T, D);
        var starts = restarts ? rand([3, T], float64, generator: new Generator(7)) < 0.2 : null;
        var padding = padded ? arange(T).unsqueeze(0) >= tensor(new[] { T, T / 2, 0 }).unsqueeze(1) : null;

        var expected = Differentiate(GatedDiagonalScan.Fold, inputs, starts, padding, isPositive, ScalarType.Float64);
        var actual = Differentiate(FusedGatedDiagonalScan.Run, inputs, starts, padding, isPositive, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void BFloat16_is_float32_up_to_rounding()
    {
        var rounded = Inputs(65, 70).Select(each => each.to(bfloat16)).ToArray();

        var expected = Differentiate(FusedGatedDiagonalScan.Run, rounded, null, null, isPositive: true, ScalarType.Float32);
        var actual = Differentiate(FusedGatedDiagonalScan.Run, rounded, null, null, isPositive: true, ScalarType.BFloat16);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
    [Fact]
    public void The_fused_form_refuses_a_second_derivative()
    {
        var x = Inputs(5, 3).Select(each => each.requires_grad_()).ToArray();
        var (h, _) = FusedGatedDiagonalScan.Run(x[0], x[1], isPositive: true);

        var refusal = Assert.Throws<NotSupportedException>(() => autograd.grad([h.sum()], [x[0]], create_graph: true));
        Assert.Contains("Fold", refusal.Message, StringComparison.Ordinal);
    }
#endif

    /// <summary>z and the first h of three rows, in float64.</summary>
    private static Tensor[] Inputs(long T, long D)
    {
        var generator = new Generator((ulong)T);
        return [3 * randn([3, T, 2 * D], float64, generator: generator), randn([3, D], float64, generator: generator)];
    }

    /// <summary>h, the last h, and the gradients of the inputs.</summary>
    private static List<Tensor> Differentiate(
        Func<Tensor, Tensor, bool, Tensor?, Tensor?, (Tensor, Tensor)> scan, Tensor[] inputs, Tensor? starts, Tensor? padding, bool isPositive, ScalarType dtype)
    {
        var x = inputs.Select(each => each.to(dtype, copy: true).requires_grad_()).ToArray();
        var (h, last) = scan(x[0], x[1], isPositive, starts, padding);
        Tensor Weighed(Tensor result) => (result * randn(result.shape, float64, generator: new Generator(11)).to(result.dtype)).sum().to(float64);
        (Weighed(h) + Weighed(last)).backward();
        return [h, last, .. x.Select(each => each.grad!)];
    }
}
