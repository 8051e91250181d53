using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws of the kernel for a GPU, and what only its tiles and stretches of them can break.</summary>
public sealed class EmulatedCausalConvolutionTests : CausalConvolutionTests
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    protected override void Dispose(bool disposing)
    {
        _gpu.Dispose();
        base.Dispose(disposing);
    }

    [Theory]
    [InlineData(127, 3)]
    [InlineData(128, 4)]
    [InlineData(129, 5)]
    [InlineData(300, 18)]
    public void Stretches_of_tiles_go_on_from_each_other(long T, long taps)
    {
        var generator = new Generator((ulong)T);
        Tensor[] inputs = [.. new long[][] { [2, T, 130], [2, taps - 1, 130], [taps, 130], [130] }.Select(shape => randn(shape, float64, generator: generator))];
        var weight = randn([2, T, 130], float64, generator: generator);

        List<Tensor> Differentiate(Func<Tensor, Tensor?, Tensor, Tensor, Tensor?, bool, Tensor> form, ScalarType dtype)
        {
            Tensor[] x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
            var y = form(x[0], x[1], x[2], x[3], null, true);
            (y * weight.to(dtype)).sum().backward();
            return [y, .. x.Select(each => each.grad!)];
        }

        foreach (var (expected, actual) in Differentiate(CausalConvolution.Taps, ScalarType.Float64).Zip(Differentiate(FusedCausalConvolution.Run, ScalarType.Float32)))
            Tolerance.Same(expected, actual);
    }
}
