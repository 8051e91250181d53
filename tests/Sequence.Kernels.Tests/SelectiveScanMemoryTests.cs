using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

/// <summary>What they count is resident memory of the whole process.</summary>
public sealed class SelectiveScanMemoryTests
{
    // of the bytes of inputs, outputs and the gradients to both
    private const double Share = 1.5;

    [Fact]
    public void What_is_saved_and_worked_in_is_less_than_half_as_much_again_as_inputs_outputs_and_their_gradients()
    {
        if (!OperatingSystem.IsLinux())
            return;

        Excess(256);
        var (excess, counted) = Excess(16_384);
        Assert.True(excess <= Share * counted, $"{excess:n0} bytes are saved and worked in, beside {counted:n0} of inputs, outputs and gradients.");
    }

    [Fact]
    public void The_count_sees_a_tensor_of_every_state()
    {
        if (!OperatingSystem.IsLinux())
            return;

        using var scope = NewDisposeScope();
        var before = PeakMemory.Anew();
        var states = ones(4_096, 512, 16);
        Assert.InRange(PeakMemory.Bytes() - before, states.numel() * states.element_size() / 2, long.MaxValue);
    }

    /// <summary>
    /// Saved tensors and workspace of a forward and a backward pass, as resident memory beyond what there was, less the outputs and the gradients that came; the
    /// saved inputs, which were there, are added.
    /// </summary>
    private static (long Excess, long Counted) Excess(long T)
    {
        const long B = 1, E = 512, N = 16;
        using var scope = NewDisposeScope();
        Tensor[] x = [rand(B, T, E), -rand(N, E), randn(B, T, E), randn(B, T, N), randn(B, T, N), randn(B, N, E)];
        foreach (var each in x)
            each.requires_grad_();
        var (gy, gLast) = (randn(B, T, E), randn(B, N, E));
        static long Bytes(IEnumerable<Tensor> tensors) => tensors.Sum(each => each.numel() * each.element_size());

        var before = PeakMemory.Anew();
        var (y, last) = FusedSelectiveScan.Run(x[0], x[1], x[2], x[3], x[4], x[5]);
        var gradients = autograd.grad([y, last], x, [gy, gLast]);
        var grown = PeakMemory.Bytes() - before;

        return (grown - Bytes([y, last, .. gradients]) + Bytes(x), Bytes([.. x, y, last, gy, gLast, .. gradients]));
    }
}
