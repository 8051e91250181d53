using Sequence.Kernels.Chunks;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The states between chunks by the kernel for a GPU are those of one chunk after the other, and so are their gradients.</summary>
public sealed class EmulatedChunkStatesTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose()
    {
        _gpu.Dispose();
        _scope.Dispose();
    }

    /// <summary>How much of a state is left after a chunk.</summary>
    public enum Left
    {
        All,
        OneAHead,
        OneAKey,

        /// <summary>As in packed rows without decays: all or nothing, for all heads alike.</summary>
        NothingAtStarts,

        /// <summary>One a key, and nothing where documents start.</summary>
        OneAKeyOrNothing,
    }

    public static TheoryData<long, long, long, Left, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, long, Left, ScalarType>();
            foreach (var (n, K, V) in ((long, long, long)[])[(1, 1, 1), (2, 3, 3), (17, 5, 63), (65, 3, 64), (3, 64, 65), (4, 63, 4), (5, 65, 8), (8, 1, 132), (9, 2, 516)])
                foreach (var left in Enum.GetValues<Left>())
                    foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                        cases.Add(n, K, V, left, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void States_and_gradients_equal_those_of_one_chunk_after_the_other(long n, long K, long V, Left left, ScalarType dtype)
    {
        var inputs = Inputs(n, K, V, left);

        var expected = Differentiate(ChunkStates.Fold, inputs, ScalarType.Float64);
        var actual = Differentiate(ChunkStates.Run, inputs, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void Inputs_that_lie_anyhow_in_memory_are_read_as_they_are()
    {
        var inputs = Inputs(5, 3, 8, Left.OneAKey);
        Tensor[] spread = [inputs[0].transpose(3, 4).contiguous().transpose(3, 4), inputs[1].transpose(0, 1).contiguous().transpose(0, 1), inputs[2].transpose(2, 3).contiguous().transpose(2, 3)];
        // one number behind where an access of four would begin
        var shifted = cat(new[] { zeros([1], float64), inputs[0].flatten() }).narrow(0, 1, inputs[0].numel()).view(inputs[0].shape);

        var expected = Differentiate(ChunkStates.Fold, inputs, ScalarType.Float64);
        foreach (var written in new[] { spread[0], shifted })
        {
            Tensor[] x = [.. new[] { written, spread[1], spread[2] }.Select(each => each.detach().requires_grad_())];
            foreach (var (e, a) in expected.Zip(Results(ChunkStates.Run(x[0], x[1], x[2]), x)))
                Tolerance.Same(e, a);
        }
    }

    [Fact]
    public void Every_run_gives_the_same_bits()
    {
        var inputs = Inputs(9, 3, 516, Left.OneAHead);
        foreach (var (one, other) in Differentiate(ChunkStates.Run, inputs, ScalarType.Float32).Zip(Differentiate(ChunkStates.Run, inputs, ScalarType.Float32)))
            Assert.True(one.eq(other).all().ToBoolean(), "A run differs from the next.");
    }

    [Fact]
    public void The_preference_is_obeyed_and_written_down()
    {
        var inputs = Inputs(2, 3, 4, Left.All);
        using var record = FormRecord.Begin();
        ChunkStates.Run(inputs[0], null, inputs[1]);
        using (KernelScope.Prefer(KernelPreference.Reference))
            ChunkStates.Run(inputs[0], null, inputs[1]);

        Assert.Equal([null, "kernels: reference"], record.Forms.Select(form => form.WhyNotFused));
    }

    /// <summary>U, S_0 and, but for <see cref="Left.All"/>, l, in float64.</summary>
    private static Tensor[] Inputs(long n, long K, long V, Left left)
    {
        const long B = 2, H = 3;
        var generator = new Generator((ulong)(n + K + V));
        Tensor Random(params long[] shape) => randn(shape, float64, generator: generator);
        Tensor Starts(Tensor log) => log.masked_fill(rand([B, n, 1, 1, 1], float64, generator: generator) < 0.3, double.NegativeInfinity);
        var log = left switch
        {
            Left.All => null,
            Left.OneAHead => -Random(B, n, H, 1, 1).exp(),
            Left.OneAKey => -Random(B, n, H, K, 1).exp(),
            Left.NothingAtStarts => Starts(zeros([1, 1, 1, 1, 1], float64)),
            _ => Starts(-Random(B, n, H, K, 1).exp()),
        };
        return [Random(B, n, H, K, V), .. log is null ? Array.Empty<Tensor>() : [log], Random(B, H, K, V)];
    }

    private static List<Tensor> Differentiate(Func<Tensor, Tensor?, Tensor, (Tensor, Tensor)> states, Tensor[] inputs, ScalarType dtype)
    {
        Tensor[] x = [.. inputs.Select((each, index) => each.to(index == 1 && inputs.Length == 3 ? ScalarType.Float64 : dtype, copy: true).requires_grad_())];
        return Results(states(x[0], x.Length == 3 ? x[1] : null, x[^1]), x);
    }

    private static List<Tensor> Results((Tensor Before, Tensor Last) states, Tensor[] x)
    {
        Tensor Weighed(Tensor result) => (result.to(float64) * randn(result.shape, float64, generator: new Generator(11))).sum();
        (Weighed(states.Before) + Weighed(states.Last)).backward();
        return [states.Before, states.Last, .. x.Select(each => each.grad!.to(states.Last.dtype))];
    }
}
