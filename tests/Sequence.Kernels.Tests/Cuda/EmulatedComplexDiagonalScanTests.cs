using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws of the kernel for a GPU, and what only its chunks can break.</summary>
public sealed class EmulatedComplexDiagonalScanTests : ComplexDiagonalScanTests, IDisposable
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose() => _gpu.Dispose();

    [Theory]
    [InlineData(65)]
    [InlineData(1025)]
    [InlineData(2200)]
    public void Chunks_and_groups_of_them_go_on_from_each_other(long T)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator((ulong)T);
        Tensor Random(params long[] shape) => randn(shape, float64, generator: generator);
        var (angle, radius) = (Random(1, T, 35), (-0.01 * Random(1, T, 35).exp()).exp());
        Tensor[] inputs = [radius * angle.cos(), radius * angle.sin(), Random(1, T, 35), Random(1, T, 35), Random(1, 35), Random(1, 35)];
        var (re, im) = (Random(1, T, 35), Random(1, T, 35));

        List<Tensor> Differentiate(Func<ComplexTensor, ComplexTensor, ComplexTensor?, ComplexTensor> scan, ScalarType dtype)
        {
            Tensor[] x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
            var h = scan(new(x[0], x[1]), new(x[2], x[3]), new(x[4], x[5]));
            (h.Re * re.to(dtype) + h.Im * im.to(dtype)).sum().backward();
            return [h.Re, h.Im, .. x.Select(each => each.grad!)];
        }

        foreach (var (expected, actual) in Differentiate(ComplexDiagonalScan.Tree, ScalarType.Float64).Zip(Differentiate(FusedComplexDiagonalScan.Run, ScalarType.Float32)))
            Tolerance.Same(expected, actual);
    }
}
