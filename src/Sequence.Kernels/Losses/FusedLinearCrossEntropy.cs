using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Losses;

/// <summary>
/// <see cref="LinearCrossEntropy"/> by blocks of rows: the logits of a block, its loss, the gradient written over them, and its share of the gradients to x and W,
/// on the CPU while the block is in the cache. What is held is the gradients, [N, D] and [V, D], and one block; no product is computed twice.
/// <code>grad x = grad z W        grad W = grad z^T x</code>
/// </summary>
public sealed class FusedLinearCrossEntropy : autograd.SingleTensorFunction<FusedLinearCrossEntropy>
{
    // rows enough for a product to run at its full speed; beyond that, logits for the third cache of a CPU, or a product that fills a GPU
    private const long FewestRows = 128;
    private const long MostLogits = 1 << 20;
    private const long MostLogitsOnGpu = 1 << 25;

    /// <inheritdoc/>
    public override string Name => nameof(FusedLinearCrossEntropy);

    /// <summary>Why this form does not take inputs, their device and element type aside; null where it does.</summary>
    public static string? Refusal(Tensor x, Tensor weight, nn.Reduction reduction) =>
        weight.dtype != x.dtype ? $"x in {x.dtype} and a weight in {weight.dtype}" : FusedCrossEntropy.Refusal(reduction);

    /// <inheritdoc cref="LinearCrossEntropy.Run"/>
    public static Tensor Run(Tensor x, Tensor weight, Tensor targets, nn.Reduction reduction, long ignored = -100)
    {
        LinearCrossEntropy.Kernel.Demand(x, Refusal(x, weight, reduction));
        LinearCrossEntropy.Hold(x, weight, targets);
        var rows = ICrossEntropyRows.Of(x, targets, weight.shape[0], reduction, ignored);
        if (is_grad_enabled() && (x.requires_grad || weight.requires_grad))
            return apply(x, weight, rows);
        using var scope = NewDisposeScope();
        return Blocks(x, weight, rows, null, null).MoveToOuterDisposeScope();
    }

    /// <summary>How many numbers it holds beside x [N, D] and W [V, D] when both want gradients: the gradients, and the logits of a block.</summary>
    public static long Held(long N, long D, long V, DeviceType device) => N * D + V * D + BlockRows(N, V, device == DeviceType.CUDA) * V;

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, rows) = ((Tensor)vars[0], (Tensor)vars[1], (ICrossEntropyRows)vars[2]);
        var dx = x.requires_grad ? empty(x.shape, x.dtype, x.device) : null;
        var dweight = weight.requires_grad ? zeros(weight.shape, StateElement.Of(weight.dtype), weight.device) : null;
        var loss = Blocks(x, weight, rows, dx, dweight);
        ctx.save_data(nameof(rows), rows);
        ctx.save_data(nameof(dx), dx is not null);
        ctx.save_data(nameof(dweight), dweight is not null);
        ctx.save_for_backward([.. new[] { dx, dweight?.to(weight.dtype) }.OfType<Tensor>()]);
        return loss;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(FusedLinearCrossEntropy), $"{nameof(LinearCrossEntropy)}.{nameof(LinearCrossEntropy.Plain)}");
        var (rows, saved) = ((ICrossEntropyRows)ctx.get_data("rows"), new Queue<Tensor>(ctx.get_saved_variables()));
        Tensor Next(string name) => (bool)ctx.get_data(name) ? rows.Times(saved.Dequeue(), grad_output) : null!;
        return [Next("dx"), Next("dweight"), null!];
    }

    private static long BlockRows(long N, long V, bool onGpu) => Math.Min(N, Math.Max(FewestRows, (onGpu ? MostLogitsOnGpu : MostLogits) / V));

    /// <summary>The loss; the gradients go where they are wanted.</summary>
    private static Tensor Blocks(Tensor x, Tensor weight, ICrossEntropyRows rows, Tensor? dx, Tensor? dweight)
    {
        var (N, V) = (x.shape[0], weight.shape[0]);
        var R = BlockRows(N, V, x.device_type == DeviceType.CUDA);
        var wanted = dx is not null || dweight is not null;
        using var scope = NewDisposeScope();
        var (buffer, transposed) = (empty(R, V, x.dtype, x.device), weight.t());
        rows.Begin();
        for (var begin = 0L; begin < N; begin += R)
        {
            using var block = NewDisposeScope();
            var count = Math.Min(R, N - begin);
            var (x_b, z) = (x.narrow(0, begin, count), buffer.narrow(0, 0, count));
            z.addmm_(x_b, transposed, beta: 0);
            rows.Add(z, begin, wanted ? z : null);
            dx?.narrow(0, begin, count).addmm_(z, weight, beta: 0);
            // shares in bfloat16 are summed in float32
            if (dweight?.dtype == z.dtype)
                dweight.addmm_(z.t(), x_b);
            else
                dweight?.add_(z.t().mm(x_b));
        }

        return rows.Loss().MoveToOuterDisposeScope();
    }
}
