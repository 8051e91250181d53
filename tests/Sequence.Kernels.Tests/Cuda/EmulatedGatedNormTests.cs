using Sequence.Kernels.Normalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws of the kernel for a GPU, and those of heads and element types that the CPU's form has no other code for, or none.</summary>
public sealed class EmulatedGatedNormTests : GatedNormTests
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    protected override void Dispose(bool disposing)
    {
        _gpu.Dispose();
        base.Dispose(disposing);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    [InlineData(2048)]
    public void Heads_of_any_width_are_normed(long width)
    {
        foreach (var gate in Enum.GetValues<NormGate>())
        {
            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                Same(gate, width, dtype, dtype, dtype);
        }
    }

    [Fact]
    public void Heads_wider_than_registers_are_refused() =>
        Assert.Equal("heads of more than 2048 channels", FusedGatedNorm.Refusal(zeros(1, 1, 1, 2049), zeros(1, 1, 1, 2049), zeros(2049)));

    // on a GPU the kernel takes x in bfloat16 too, which an emulated one that is no device of libtorch's would be asked for as the CPU's
    [Theory]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16, ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16)]
    public void Gates_and_weights_may_be_in_bfloat16_beside_float32(ScalarType z, ScalarType weight)
    {
        foreach (var gate in Enum.GetValues<NormGate>())
        {
            foreach (var width in (long[])[65, 300])
                Same(gate, width, ScalarType.Float32, z, weight);
        }
    }

    private static void Same(NormGate gate, long width, ScalarType x, ScalarType z, ScalarType weight)
    {
        using var scope = NewDisposeScope();
        const long B = 2, T = 35, H = 2;
        var generator = new Generator((ulong)width);
        Tensor Draw(ScalarType dtype, params long[] shape) => randn(shape, float64, generator: generator).to(dtype);
        Tensor[] inputs = [Draw(x, B, T, H, width), Draw(z, B, T, H, width), Draw(weight, H * width)];
        var g = Draw(weight, B, T, H * width);

        Tensor[] Of(Func<Tensor[], Tensor> form, params Tensor[] given)
        {
            Tensor[] leaves = [.. given.Select(each => each.clone().requires_grad_())];
            var y = form(leaves);
            return [y, .. autograd.grad([y], leaves, [g.to(y.dtype)])];
        }

        var expected = Of(given => GatedNorm.Plain(given[0], given[1], given[2], gate, true, 1e-5), [.. inputs.Select(each => each.to(float64))]);
        var actual = Of(given => FusedGatedNorm.Run(given[0], given[1], given[2], gate, true, 1e-5), inputs);

        Assert.Equal([weight, x, z, weight], actual.Select(each => each.dtype));
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }
}
