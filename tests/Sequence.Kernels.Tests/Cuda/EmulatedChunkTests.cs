using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The matrix forms in chunks, whose states go from chunk to chunk by the kernel for a GPU.</summary>
public sealed class EmulatedChunkTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose()
    {
        _gpu.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(65, 0, false)]
    [InlineData(65, 1, true)]
    [InlineData(65, 5, true)]
    [InlineData(300, 0, true)]
    [InlineData(300, 1, false)]
    [InlineData(300, 5, false)]
    public void Outer_products_equal_the_fold(long T, long decays, bool starts)
    {
        var generator = new Generator((ulong)T);
        Tensor Random(params long[] shape) => randn(shape, float64, generator: generator);
        List<Tensor> inputs = [Random(2, T, 3, 5), Random(2, T, 3, 5), Random(2, T, 3, 4), Random(2, 3, 5, 4)];
        if (decays > 0)
            inputs.Add(-Random(2, T, 3, decays).exp());
        var begins = starts ? rand([2, T], float64, generator: generator) < 0.05 : null;

        List<Tensor> Differentiate(Func<Tensor, Tensor, Tensor, Tensor?, Tensor?, Tensor?, (Tensor, Tensor)> scan, ScalarType dtype)
        {
            Tensor[] x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
            return Gradients(scan(x[0], x[1], x[2], x.ElementAtOrDefault(4), x[3], begins), x);
        }

        Same(Differentiate(OuterProductScan.Fold, ScalarType.Float64), Differentiate(OuterProductScan.Chunked, ScalarType.Float32));
    }

    [Theory]
    [InlineData(65, true)]
    [InlineData(300, false)]
    public void Log_scaled_ones_equal_the_fold(long T, bool starts)
    {
        var generator = new Generator((ulong)T);
        Tensor Random(params long[] shape) => randn(shape, float64, generator: generator);
        Tensor[] inputs = [Random(2, T, 3, 5), Random(2, T, 3, 5), Random(2, T, 3, 4), -Random(2, T, 3, 1).exp(), 3 * Random(2, T, 3, 1)];
        var begins = starts ? rand([2, T], float64, generator: generator) < 0.05 : null;

        List<Tensor> Differentiate(Func<Tensor, Tensor, Tensor, Tensor, Tensor, LogScaled?, Tensor?, (Tensor, Tensor, LogScaled)> scan, ScalarType dtype)
        {
            Tensor[] x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
            var (y, _, last) = scan(x[0], x[1], x[2], x[3], x[4], null, begins);
            return Gradients((y, last.Values), x);
        }

        Same(Differentiate(LogScaledScan.Fold, ScalarType.Float64), Differentiate(LogScaledScan.Chunked, ScalarType.Float32));
    }

    private static List<Tensor> Gradients((Tensor Y, Tensor Last) results, Tensor[] x)
    {
        Tensor Weighed(Tensor result) => (result.to(float64) * randn(result.shape, float64, generator: new Generator(11))).sum();
        (Weighed(results.Y) + Weighed(results.Last)).backward();
        return [results.Y, results.Last, .. x.Select(each => each.grad!)];
    }

    private static void Same(List<Tensor> expected, List<Tensor> actual)
    {
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }
}
