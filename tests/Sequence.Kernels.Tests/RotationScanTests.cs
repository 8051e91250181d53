using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class RotationScanTests : IDisposable
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
                            foreach (var realAlone in (bool[])[false, true])
                                foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                                    cases.Add(T, D, restarts, padded, realAlone, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_the_fold_in_outputs_last_states_and_gradients(long T, long D, bool restarts, bool padded, bool realAlone, ScalarType dtype)
    {
        var inputs = Inputs(T, D);
        var starts = restarts ? rand([3, T], float64, generator: new Generator(7)) < 0.2 : null;
        var padding = padded ? arange(T).unsqueeze(0) >= tensor(new[] { T, T / 2, 0 }).unsqueeze(1) : null;

        var expected = Differentiate(RotationScan.Fold, inputs, starts, padding, realAlone, ScalarType.Float64);
        var actual = Differentiate(FusedRotationScan.Run, inputs, starts, padding, realAlone, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void BFloat16_is_float32_up_to_rounding()
    {
        var rounded = Inputs(65, 70).Select(each => each.to(bfloat16)).ToArray();

        var expected = Differentiate(FusedRotationScan.Run, rounded, null, null, realAlone: false, ScalarType.Float32);
        var actual = Differentiate(FusedRotationScan.Run, rounded, null, null, realAlone: false, ScalarType.BFloat16);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
    [Fact]
    public void The_fused_form_refuses_a_second_derivative()
    {
        var x = Inputs(5, 3).Select(each => each.requires_grad_()).ToArray();
        var (h, _) = FusedRotationScan.Run(x[0], new(x[1], x[2]));

        var refusal = Assert.Throws<NotSupportedException>(() => autograd.grad([h.Re.sum()], [x[0]], create_graph: true));
        Assert.Contains("Fold", refusal.Message, StringComparison.Ordinal);
    }
#endif

    /// <summary>z and the parts of the first h of three rows, in float64. Phases go around several times.</summary>
    private static Tensor[] Inputs(long T, long D)
    {
        var generator = new Generator((ulong)T);
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator);
        return [3 * Draw(3, T, 4 * D), Draw(3, D), Draw(3, D)];
    }

    /// <summary>h, the last h where it takes part, and the gradients of the inputs.</summary>
    private static List<Tensor> Differentiate(
        Func<Tensor, ComplexTensor, Tensor?, Tensor?, (ComplexTensor, ComplexTensor)> scan, Tensor[] inputs, Tensor? starts, Tensor? padding, bool realAlone, ScalarType dtype)
    {
        var x = inputs.Select(each => each.to(dtype, copy: true).requires_grad_()).ToArray();
        var (h, last) = scan(x[0], new(x[1], x[2]), starts, padding);
        Tensor Weighed(Tensor result) => (result * randn(result.shape, float64, generator: new Generator(11)).to(result.dtype)).sum().to(float64);
        Tensor[] read = realAlone ? [h.Re] : [h.Re, h.Im, last.Re, last.Im];
        read.Select(Weighed).Aggregate((sum, part) => sum + part).backward();
        return [h.Re, h.Im, last.Re, last.Im, .. x.Select(each => each.grad!)];
    }
}
