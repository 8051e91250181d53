using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws of the kernel for a GPU, and what only its tiles, chunks and groups of states can break.</summary>
public sealed class EmulatedSelectiveScanTests : SelectiveScanTests, IDisposable
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose() => _gpu.Dispose();

    [Theory]
    [InlineData(256, 3, 35, ScalarType.Float32)]
    [InlineData(257, 3, 130, ScalarType.Float32)]
    [InlineData(500, 17, 5, ScalarType.Float32)]
    [InlineData(129, 9, 5, ScalarType.Float64)]
    public void Chunks_go_on_from_each_other(long T, long N, long E, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var starts = zeros(1, T, @bool);
        starts[0, T / 2] = tensor(true);

        foreach (var restarts in (Tensor?[])[null, starts])
        {
            foreach (var (expected, actual) in Differentiate(SelectiveScan.Fold, T, N, E, restarts, ScalarType.Float64).Zip(Differentiate(FusedSelectiveScan.Run, T, N, E, restarts, dtype)))
                Tolerance.Same(expected, actual);
        }
    }

    [Theory]
    [InlineData(15, ScalarType.Float32)]
    [InlineData(17, ScalarType.Float32)]
    [InlineData(40, ScalarType.Float32)]
    [InlineData(256, ScalarType.Float32)]
    [InlineData(9, ScalarType.Float64)]
    [InlineData(256, ScalarType.Float64)]
    public void States_may_be_more_than_a_block_holds(long N, ScalarType dtype)
    {
        using var scope = NewDisposeScope();

        foreach (var (expected, actual) in Differentiate(SelectiveScan.Fold, 21, N, 5, null, ScalarType.Float64).Zip(Differentiate(FusedSelectiveScan.Run, 21, N, 5, null, dtype)))
            Tolerance.Same(expected, actual);
    }

    [Fact]
    public void Without_gradients_nothing_is_kept_and_the_outputs_are_the_same()
    {
        using var scope = NewDisposeScope();
        var x = Inputs(65, 16, 35);
        var (y, last) = FusedSelectiveScan.Run(x[0].requires_grad_(), x[1], x[2], x[3], x[4], x[5]);
        using var frozen = no_grad();
        var (frozenY, frozenLast) = FusedSelectiveScan.Run(x[0], x[1], x[2], x[3], x[4], x[5]);

        Assert.True(y.eq(frozenY).all().ToBoolean());
        Assert.True(last.eq(frozenLast).all().ToBoolean());
    }

    [Fact]
    public void No_tokens_leave_the_state_and_its_gradient_as_they_are()
    {
        using var scope = NewDisposeScope();
        var x = Inputs(0, 3, 5);
        var initial = x[5].requires_grad_();
        var (y, last) = FusedSelectiveScan.Run(x[0], x[1], x[2], x[3], x[4], initial);
        last.sum().backward();

        Assert.Equal([1, 0, 5], y.shape);
        Tolerance.Same(initial, last);
        Tolerance.Same(ones_like(initial), initial.grad!);
    }

    private static Tensor[] Inputs(long T, long N, long E)
    {
        var generator = new Generator((ulong)(T + N));
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator);
        // weak decays, so that chunks see far behind themselves
        return [Draw(1, T, E).exp() * 0.02, -Draw(N, E).exp(), Draw(1, T, E), Draw(1, T, N), Draw(1, T, N), Draw(1, N, E)];
    }

    private static List<Tensor> Differentiate(
        Func<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor?, (Tensor, Tensor)> scan, long T, long N, long E, Tensor? starts, ScalarType dtype)
    {
        Tensor[] x = [.. Inputs(T, N, E).Select(each => each.to(dtype, copy: true).requires_grad_())];
        var (y, last) = scan(x[0], x[1], x[2], x[3], x[4], x[5], starts);
        var generator = new Generator(5);
        ((y * randn(y.shape, float64, generator: generator).to(dtype)).sum() + (last * randn(last.shape, float64, generator: generator).to(dtype)).sum()).backward();
        return [y, last, .. x.Select(each => each.grad!)];
    }
}
