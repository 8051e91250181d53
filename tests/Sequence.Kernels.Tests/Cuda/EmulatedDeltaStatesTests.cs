using Sequence.Kernels.Chunks;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The states between chunks of a delta rule by the kernel for a GPU are those of one chunk after the other, and so are their gradients.</summary>
public sealed class EmulatedDeltaStatesTests : IDisposable
{
    private const long B = 2, H = 2;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose()
    {
        _gpu.Dispose();
        _scope.Dispose();
    }

    public static TheoryData<long, long, long, long, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, long, long, long, bool, ScalarType>();
            foreach (var (n, C, K, V) in ((long, long, long, long)[])[(1, 1, 1, 1), (2, 2, 3, 5), (3, 64, 64, 65), (2, 32, 65, 3), (5, 64, 16, 33), (2, 16, 128, 63)])
                foreach (var fades in (bool[])[false, true])
                    foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                        cases.Add(n, C, K, V, fades, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void States_and_gradients_equal_those_of_one_chunk_after_the_other(long n, long C, long K, long V, bool fades, ScalarType dtype)
    {
        var inputs = Inputs(n, C, K, V, fades);

        var (expected, actual) = (Differentiate(DeltaStates.Fold, inputs, ScalarType.Float64), Differentiate(DeltaStates.Run, inputs, dtype));

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void The_preference_is_obeyed_and_wider_keys_are_left_to_tensor_operations()
    {
        var (inputs, wider) = (Inputs(2, 3, 4, 5, fades: false), Inputs(2, 3, 129, 5, fades: false));
        using var record = FormRecord.Begin();
        DeltaStates.Run(inputs[0], inputs[1], inputs[2], null, inputs[3]);
        using (KernelScope.Prefer(KernelPreference.Reference))
            DeltaStates.Run(inputs[0], inputs[1], inputs[2], null, inputs[3]);
        DeltaStates.Run(wider[0], wider[1], wider[2], null, wider[3]);

        Assert.Equal([null, "kernels: reference", "keys of more than 128 channels"], record.Forms.Select(form => form.WhyNotFused));
    }

    /// <summary>W, R, L, S_0 and, where states fade, e, in float64. Products keep their size from chunk to chunk.</summary>
    private static Tensor[] Inputs(long n, long C, long K, long V, bool fades)
    {
        var generator = new Generator((ulong)(n + C + K + V));
        Tensor Random(params long[] shape) => randn(shape, float64, generator: generator);
        var size = Math.Sqrt(C * K);
        return
        [
            Random(B, n, H, C, V), Random(B, n, H, C, K) / size, Random(B, n, H, C, K) / size, Random(B, H, K, V),
            .. fades ? [Random(B, n, H, 1, 1).sigmoid().masked_fill(rand([B, n, 1, 1, 1], float64, generator: generator) < 0.3, 0)] : Array.Empty<Tensor>(),
        ];
    }

    private static List<Tensor> Differentiate(Func<Tensor, Tensor, Tensor, Tensor?, Tensor, (Tensor, Tensor, Tensor)> states, Tensor[] inputs, ScalarType dtype)
    {
        Tensor[] x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
        var (u, before, last) = states(x[0], x[1], x[2], x.ElementAtOrDefault(4), x[3]);
        Tensor Weighed(Tensor result) => (result.to(float64) * randn(result.shape, float64, generator: new Generator(11))).sum();
        (Weighed(u) + Weighed(before) + Weighed(last)).backward();
        return [u, before, last, .. x.Select(each => each.grad!)];
    }
}
