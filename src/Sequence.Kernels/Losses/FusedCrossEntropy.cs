using static TorchSharp.torch;

namespace Sequence.Kernels.Losses;

/// <summary>
/// <see cref="CrossEntropy"/> on the CPU in one pass over rows, which gives the loss and, where one is wanted, the gradient with it: no log-softmax is held,
/// e^z is computed once. Rows on separate threads, their losses summed in order.
/// <code>grad z_nv = s (e^(z_nv) / sum_v e^(z_nv) - [v = y_n])</code>
/// </summary>
public sealed class FusedCrossEntropy : autograd.SingleTensorFunction<FusedCrossEntropy>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedCrossEntropy);

    /// <summary>Why this form does not take inputs, their device and element type aside; null where it does.</summary>
    public static string? Refusal(nn.Reduction reduction) =>
        reduction is nn.Reduction.Mean or nn.Reduction.Sum ? null : "a loss for each row";

    /// <inheritdoc cref="CrossEntropy.Run"/>
    public static Tensor Run(Tensor logits, Tensor targets, nn.Reduction reduction, long ignored = -100)
    {
        CrossEntropy.Kernel.Demand(logits, Refusal(reduction));
        CrossEntropy.Hold(new(CrossEntropy.Kernel.Name), logits, targets);
        var rows = new CrossEntropyRows(targets, logits.shape[1], reduction, ignored);
        if (is_grad_enabled() && logits.requires_grad)
            return apply(logits, rows);
        using var scope = NewDisposeScope();
        return rows.Loss(rows.Run(logits.contiguous(), first: 0, gradient: null), logits).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (logits, rows) = (((Tensor)vars[0]).contiguous(), (CrossEntropyRows)vars[1]);
        var gradient = empty_like(logits);
        var loss = rows.Run(logits, first: 0, gradient);
        ctx.save_for_backward([gradient]);
        return rows.Loss(loss, logits);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(FusedCrossEntropy), $"{nameof(CrossEntropy)}.{nameof(CrossEntropy.Plain)}");
        return [CrossEntropyRows.Times(ctx.get_saved_variables()[0], grad_output), null!];
    }
}
