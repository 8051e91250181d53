using Sequence.Kernels.Chunks;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>Decayed scores by the kernel for a GPU are those of tensor operations, and so are their gradients.</summary>
public sealed class EmulatedDecayedScoresTests : IDisposable
{
    private const long B = 2, n = 3, H = 3;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose()
    {
        _gpu.Dispose();
        _scope.Dispose();
    }

    public static TheoryData<long, long, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, bool, ScalarType>();
            foreach (var C in (long[])[1, 2, 3, 16, 20, 63, 64])
                foreach (var heads in (long[])[1, H])
                    foreach (var starts in (bool[])[false, true])
                        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                            cases.Add(C, heads, starts, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_and_gradients_equal_those_of_tensor_operations(long C, long heads, bool starts, ScalarType dtype)
    {
        var (inputs, seen) = Inputs(C, heads, starts);
        foreach (var (e, a) in Differentiate(DecayedScores.Plain, inputs, seen, ScalarType.Float64).Zip(Differentiate(DecayedScores.Run, inputs, seen, dtype)))
            Tolerance.Same(e, a.to(dtype));
    }

    [Fact]
    public void What_is_not_to_be_read_is_not_and_has_no_gradient()
    {
        var (inputs, seen) = Inputs(64, H, starts: false);
        inputs[2] = inputs[2].masked_fill(rand(inputs[2].shape, float64, generator: new Generator(5)) < 0.5, double.NegativeInfinity);

        var actual = Differentiate(DecayedScores.Run, inputs, seen, ScalarType.Float64);

        foreach (var (e, a) in Differentiate(DecayedScores.Plain, inputs, seen, ScalarType.Float64).Zip(actual))
            Tolerance.Same(e, a);
        Assert.True((actual[3].masked_select(inputs[2].isneginf()) == 0).all().ToBoolean());
    }

    [Fact]
    public void Sums_of_strong_decays_keep_their_digits()
    {
        var (inputs, seen) = Inputs(64, H, starts: false);
        inputs[1] += 1e6;
        inputs[2] -= 1e6;

        foreach (var (e, a) in Differentiate(DecayedScores.Plain, inputs, seen, ScalarType.Float64).Zip(Differentiate(DecayedScores.Run, inputs, seen, ScalarType.Float32)))
            Tolerance.Same(e, a.to(ScalarType.Float32));
    }

    [Fact]
    public void Scores_that_lie_anyhow_in_memory_are_read_as_they_are()
    {
        var (inputs, seen) = Inputs(16, H, starts: true);
        // one number behind where an access of four would begin
        var shifted = cat(new[] { zeros([1], float64), inputs[0].flatten() }).narrow(0, 1, inputs[0].numel()).view(inputs[0].shape);
        Tensor[] spread = [.. inputs.Select(each => each.transpose(1, 2).contiguous().transpose(1, 2))];

        var expected = DecayedScores.Plain(inputs[0], inputs[1], inputs[2], seen);
        Tolerance.Same(expected, DecayedScores.Run(shifted, inputs[1], inputs[2], seen));
        Tolerance.Same(expected, DecayedScores.Run(spread[0], spread[1], spread[2], seen));
    }

    [Fact]
    public void The_preference_is_obeyed_and_longer_chunks_are_left_to_tensor_operations()
    {
        var (inputs, seen) = Inputs(3, H, starts: false);
        var (longer, seenLonger) = Inputs(65, H, starts: false);
        using var record = FormRecord.Begin();
        DecayedScores.Run(inputs[0], inputs[1], inputs[2], seen);
        using (KernelScope.Prefer(KernelPreference.Reference))
            DecayedScores.Run(inputs[0], inputs[1], inputs[2], seen);
        DecayedScores.Run(longer[0], longer[1], longer[2], seenLonger);

        Assert.Equal([null, "kernels: reference", "chunks of more than 64 tokens"], record.Forms.Select(form => form.WhyNotFused));
    }

    /// <summary>s, r and c in float64.</summary>
    private static (Tensor[] Inputs, ChunkSegments Seen) Inputs(long C, long heads, bool starts)
    {
        var generator = new Generator((ulong)(C + heads));
        Tensor Random(params long[] shape) => randn(shape, float64, generator: generator);
        var sums = -Random(B, n, H, C, 1).exp().cumsum(-2);
        var begins = starts ? rand([B, n * C], float64, generator: generator) < 0.1 : null;
        return ([Random(B, n, heads, C, C), sums, Random(B, n, H, C, 1) - sums], new(new(n * C, C), begins, CPU));
    }

    private static List<Tensor> Differentiate(Func<Tensor, Tensor, Tensor, ChunkSegments, Tensor> scores, Tensor[] inputs, ChunkSegments seen, ScalarType dtype)
    {
        Tensor[] x = [.. inputs.Select((each, index) => each.to(index == 0 ? dtype : ScalarType.Float64, copy: true).requires_grad_())];
        var P = scores(x[0], x[1], x[2], seen);
        (P.to(float64) * randn(P.shape, float64, generator: new Generator(11))).sum().backward();
        return [P, .. x.Select(each => each.grad!)];
    }
}
