using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws of the kernel for a GPU, and what only its chunks can break.</summary>
public sealed class EmulatedDiagonalScanTests : DiagonalScanTests, IDisposable
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose() => _gpu.Dispose();

    [Theory]
    [InlineData(127, ScalarType.Float32)]
    [InlineData(128, ScalarType.Float32)]
    [InlineData(129, ScalarType.Float32)]
    [InlineData(2049, ScalarType.Float32)]
    [InlineData(4500, ScalarType.Float32)]
    [InlineData(65, ScalarType.Float64)]
    [InlineData(1025, ScalarType.Float64)]
    [InlineData(4500, ScalarType.Float64)]
    public void Chunks_and_groups_of_them_go_on_from_each_other(long T, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator((ulong)T);
        Tensor[] inputs = [-0.01 * randn([1, T, 35], float64, generator: generator).exp(), randn([1, T, 35], float64, generator: generator), randn([1, 35], float64, generator: generator)];
        var weight = randn([1, T, 35], float64, generator: generator);

        List<Tensor> Differentiate(Func<Tensor, Tensor, Tensor?, Tensor> scan, ScalarType dtype)
        {
            Tensor[] x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
            var h = scan(x[0], x[1], x[2]);
            (h * weight.to(dtype)).sum().backward();
            return [h, .. x.Select(each => each.grad!)];
        }

        foreach (var (expected, actual) in Differentiate(DiagonalScan.Tree, ScalarType.Float64).Zip(Differentiate(FusedDiagonalScan.Run, dtype)))
            Tolerance.Same(expected, actual);
    }

    [Fact]
    public void No_tokens_leave_the_state_as_it_was_and_pass_its_gradient_on()
    {
        using var scope = NewDisposeScope();
        var initial = randn(2, 5).requires_grad_();
        var (h, last) = FusedDiagonalScan.RunToLast(zeros(2, 0, 5), zeros(2, 0, 5), initial);
        (2 * last).sum().backward();

        Assert.Equal([2, 0, 5], h.shape);
        Tolerance.Same(initial, last);
        Tolerance.Same(full_like(initial, 2), initial.grad!);
    }
}
