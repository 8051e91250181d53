using Sequence.Kernels.Chunks;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The log scales of chunks by the kernel for a GPU are those of one chunk after the other.</summary>
public sealed class EmulatedChunkScalesTests : IDisposable
{
    private const long B = 2, H = 3;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose()
    {
        _gpu.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(1, 2, false, false)]
    [InlineData(1, 63, true, true)]
    [InlineData(2, 31, true, false)]
    [InlineData(2, 32, false, true)]
    [InlineData(3, 33, true, true)]
    [InlineData(17, 64, true, false)]
    [InlineData(65, 64, false, true)]
    public void Scales_equal_those_of_one_chunk_after_the_other(long n, long C, bool starts, bool initial)
    {
        var (expected, actual) = (Run(ChunkScales.Fold, n, C, starts, initial), Run(ChunkScales.Of, n, C, starts, initial));

        foreach (var (e, a) in ((Tensor, Tensor)[])[(expected.Tokens, actual.Tokens), (expected.Before, actual.Before), (expected.After, actual.After), (expected.Last, actual.Last)])
        {
            Assert.Equal(e.shape, a.shape);
            Assert.True(e.isneginf().eq(a.isneginf()).all().ToBoolean(), "What is nothing in one is something in the other.");
            Tolerance.Same(LogScaled.Finite(e), LogScaled.Finite(a));
        }
    }

    [Fact]
    public void The_preference_is_obeyed_and_longer_chunks_are_left_to_tensor_operations()
    {
        using var record = FormRecord.Begin();
        Run(ChunkScales.Of, 2, 3, starts: false, initial: false);
        using (KernelScope.Prefer(KernelPreference.Reference))
            Run(ChunkScales.Of, 2, 3, starts: false, initial: false);
        Run(ChunkScales.Of, 2, 65, starts: false, initial: false);

        Assert.Equal([null, "kernels: reference", "chunks of more than 64 tokens"], record.Forms.Select(form => form.WhyNotFused));
    }

    private static ChunkScales Run(Func<Tensor, Tensor, ChunkSegments, Tensor, Tensor, Tensor, Tensor, ChunkScales> scales, long n, long C, bool starts, bool initial)
    {
        var generator = new Generator((ulong)(n + C));
        Tensor Random(params long[] shape) => 3 * randn(shape, float64, generator: generator);
        // the last chunk is filled up
        var grid = new ChunkGrid(n * C - 1, C);
        var seen = new ChunkSegments(grid, starts ? rand([B, n * C - 1], float64, generator: generator) < 0.1 : null, CPU);
        var decay = new ChunkDecay(grid.Split(-Random(B, n * C - 1, H, 1).exp()), float64);
        var gates = Random(B, n * C - 1, H, 1);
        // some heads take in nothing
        var i = grid.Split(gates.masked_fill(rand([B, 1, H, 1], float64, generator: generator) < 0.4, double.NegativeInfinity), double.NegativeInfinity);
        var (A, nothing) = (decay.Sums, double.NegativeInfinity);
        return scales(
            A, i, seen, seen.Entering(A, nothing), seen.Leaving(decay.Total - A + i, nothing), seen.Carrying(decay.Total, decay.Total, nothing)!,
            initial ? Random(B, H, 1, 1) : full([B, H, 1, 1], nothing, float64));
    }
}
