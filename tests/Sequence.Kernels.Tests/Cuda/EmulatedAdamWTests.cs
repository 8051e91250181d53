using Sequence.Kernels.Optim;
using Sequence.Kernels.Tests.Optim;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws of the kernel for a GPU, and what only its launches can break.</summary>
public sealed class EmulatedAdamWTests : FusedAdamWTests, IDisposable
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose() => _gpu.Dispose();

    [Fact]
    public void More_parameters_than_a_launch_takes_and_longer_ones_than_its_blocks_are_all_updated()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var rates = new AdamWRates(3e-3, 0.9, 0.98);
        AdamWParameter[] Parameters() =>
            [.. Enumerable.Range(1, 101).Select(index => new AdamWParameter(
                Random(index, 1), Random(index, 2), Random(index, 3), Random(index, 4).square(), Update: index, WeightDecay: 0.1))];

        var (there, here) = (Parameters(), Parameters());
        FusedAdamW.Step(there, rates);
        Dispose();
        FusedAdamW.Step(here, rates);

        foreach (var (expected, actual) in here.Zip(there))
        {
            Tolerance.Same(expected.Value, actual.Value);
            Tolerance.Same(expected.Mean, actual.Mean);
            Tolerance.Same(expected.Square, actual.Square);
        }

        static Tensor Random(int index, int seed) => randn([index == 7 ? 100_003 : index], float32, generator: new Generator((ulong)(10 * index + seed)));
    }
}
