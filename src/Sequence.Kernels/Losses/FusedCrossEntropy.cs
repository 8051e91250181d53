using static TorchSharp.torch;

namespace Sequence.Kernels.Losses;

/// <summary>
/// <see cref="CrossEntropy"/> without a log-softmax that is held. On the CPU one pass over rows gives the loss and, where one is wanted, the gradient with it;
/// on a GPU one pass over the logits gives the loss, another the gradient.
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
        var rows = ICrossEntropyRows.Of(logits, targets, logits.shape[1], reduction, ignored);
        if (is_grad_enabled() && logits.requires_grad)
            return apply(logits, rows);
        using var scope = NewDisposeScope();
        rows.Begin();
        rows.Add(logits.contiguous(), first: 0, gradient: null);
        return rows.Loss().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var rows = (ICrossEntropyRows)vars[1];
        var (loss, kept) = rows.Forward(((Tensor)vars[0]).contiguous());
        ctx.save_data(nameof(rows), rows);
        ctx.save_for_backward(kept);
        return loss;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(FusedCrossEntropy), $"{nameof(CrossEntropy)}.{nameof(CrossEntropy.Plain)}");
        return [((ICrossEntropyRows)ctx.get_data("rows")).Backward(ctx.get_saved_variables(), grad_output), null!];
    }
}
