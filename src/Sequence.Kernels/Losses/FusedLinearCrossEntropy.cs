using static TorchSharp.torch;

namespace Sequence.Kernels.Losses;

/// <summary>
/// <see cref="LinearCrossEntropy"/> by blocks of rows on the CPU: the logits of a block, its loss, the gradient written over them, and its share of the
/// gradients to x and W, while the block is in the cache. What is held is the gradients, [N, D] and [V, D], and one block; nothing is computed twice.
/// <code>grad x = grad z W        grad W = grad z^T x</code>
/// </summary>
public sealed class FusedLinearCrossEntropy : autograd.SingleTensorFunction<FusedLinearCrossEntropy>
{
    // rows enough for a product to run at its full speed; beyond that, logits for the third cache
    private const long FewestRows = 128;
    private const long MostLogits = 1 << 20;

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
        var rows = new CrossEntropyRows(targets, weight.shape[0], reduction, ignored);
        if (is_grad_enabled() && (x.requires_grad || weight.requires_grad))
            return apply(x, weight, rows);
        using var scope = NewDisposeScope();
        return rows.Loss(Blocks(x, weight, rows, null, null), x).MoveToOuterDisposeScope();
    }

    /// <summary>How many numbers it holds beside x [N, D] and W [V, D] when both want gradients: the gradients, and the logits of a block.</summary>
    public static long Held(long N, long D, long V) => N * D + V * D + BlockRows(N, V) * V;

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, rows) = ((Tensor)vars[0], (Tensor)vars[1], (CrossEntropyRows)vars[2]);
        var dx = x.requires_grad ? empty(x.shape, x.dtype, x.device) : null;
        var dweight = weight.requires_grad ? zeros(weight.shape, weight.dtype, weight.device) : null;
        var loss = Blocks(x, weight, rows, dx, dweight);
        ctx.save_data(nameof(dx), dx is not null);
        ctx.save_data(nameof(dweight), dweight is not null);
        ctx.save_for_backward([.. new[] { dx, dweight }.OfType<Tensor>()]);
        return rows.Loss(loss, x);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(FusedLinearCrossEntropy), $"{nameof(LinearCrossEntropy)}.{nameof(LinearCrossEntropy.Plain)}");
        var saved = new Queue<Tensor>(ctx.get_saved_variables());
        Tensor Next(string name) => (bool)ctx.get_data(name) ? CrossEntropyRows.Times(saved.Dequeue(), grad_output) : null!;
        return [Next("dx"), Next("dweight"), null!];
    }

    private static long BlockRows(long N, long V) => Math.Min(N, Math.Max(FewestRows, MostLogits / V));

    /// <summary>The sum of losses; the gradients go where they are wanted.</summary>
    private static double Blocks(Tensor x, Tensor weight, CrossEntropyRows rows, Tensor? dx, Tensor? dweight)
    {
        var (N, V) = (x.shape[0], weight.shape[0]);
        var R = BlockRows(N, V);
        var wanted = dx is not null || dweight is not null;
        var loss = 0.0;
        using var scope = NewDisposeScope();
        var (buffer, transposed) = (empty(R, V, x.dtype, x.device), weight.t());
        for (var begin = 0L; begin < N; begin += R)
        {
            using var block = NewDisposeScope();
            var count = Math.Min(R, N - begin);
            var (x_b, z) = (x.narrow(0, begin, count), buffer.narrow(0, 0, count));
            z.addmm_(x_b, transposed, beta: 0);
            loss += rows.Run(z, begin, wanted ? z : null);
            dx?.narrow(0, begin, count).addmm_(z, weight, beta: 0);
            dweight?.addmm_(z.t(), x_b);
        }

        return loss;
    }
}
