using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>One operator over many tensors in one call: what optimizers and gradient clipping spend their time in.</summary>
internal static class Foreach
{
    public static void add_(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> other, double alpha = 1) => Aten.add__List.Run(Argument.Tensors(self), Argument.Tensors(other), alpha);
    public static void add_(IReadOnlyList<Tensor> self, double scalar) => Aten.add__Scalar.Run(Argument.Tensors(self), scalar);
    public static void sub_(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> other, double alpha = 1) => Aten.sub__List.Run(Argument.Tensors(self), Argument.Tensors(other), alpha);
    public static void mul_(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> other) => Aten.mul__List.Run(Argument.Tensors(self), Argument.Tensors(other));
    public static void mul_(IReadOnlyList<Tensor> self, double scalar) => Aten.mul__Scalar.Run(Argument.Tensors(self), scalar);
    /// <summary>By one number that is on the device, [].</summary>
    public static void mul_(IReadOnlyList<Tensor> self, Tensor number)
    {
        if (Aten.mul__Tensor.Exists)
        {
            Aten.mul__Tensor.Run(Argument.Tensors(self), number);
            return;
        }

        foreach (var each in self)
            each.mul_(number);
    }

    public static void div_(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> other) => Aten.div__List.Run(Argument.Tensors(self), Argument.Tensors(other));
    public static void div_(IReadOnlyList<Tensor> self, double scalar) => Aten.div__Scalar.Run(Argument.Tensors(self), scalar);
    public static void maximum_(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> other) => copy_(self, Aten.maximum_List.CallList(Argument.Tensors(self), Argument.Tensors(other)));

    /// <summary>self += value * tensor1 * tensor2.</summary>
    public static void addcmul_(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> tensor1, IReadOnlyList<Tensor> tensor2, double value = 1) =>
        Aten.addcmul__Scalar.Run(Argument.Tensors(self), Argument.Tensors(tensor1), Argument.Tensors(tensor2), value);

    /// <summary>self += value * tensor1 / tensor2.</summary>
    public static void addcdiv_(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> tensor1, IReadOnlyList<Tensor> tensor2, double value = 1) =>
        Aten.addcdiv__Scalar.Run(Argument.Tensors(self), Argument.Tensors(tensor1), Argument.Tensors(tensor2), value);

    public static Tensor[] sqrt(IReadOnlyList<Tensor> self) => Aten.sqrt.CallList(Argument.Tensors(self));
    public static void sqrt_(IReadOnlyList<Tensor> self) => Aten.sqrt_.Run(Argument.Tensors(self));
    public static void neg_(IReadOnlyList<Tensor> self) => Aten.neg_.Run(Argument.Tensors(self));
    public static void zero_(IReadOnlyList<Tensor> self) => Aten.zero_.Run(Argument.Tensors(self));
    public static Tensor[] mul(IReadOnlyList<Tensor> self, double scalar) => Aten.mul_Scalar.CallList(Argument.Tensors(self), scalar);
    public static Tensor[] div(IReadOnlyList<Tensor> self, double scalar) => Aten.div_Scalar.CallList(Argument.Tensors(self), scalar);
    public static Tensor[] add(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> other, double alpha = 1) => Aten.add_List.CallList(Argument.Tensors(self), Argument.Tensors(other), alpha);

    /// <summary>The ord-norm of each tensor; libtorch 1.13 has it for ord 1 and 2.</summary>
    public static Tensor[] norm(IReadOnlyList<Tensor> self, double ord = 2) => Aten.norm_Scalar.CallList(Argument.Tensors(self), ord);

    public static void div_(IReadOnlyList<Tensor> self, double[] scalars) => Aten.div__ScalarList.Run(Argument.Tensors(self), scalars);

    /// <summary>self[i] += values[i] * tensor1[i] / tensor2[i].</summary>
    public static void addcdiv_(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> tensor1, IReadOnlyList<Tensor> tensor2, double[] values) =>
        Aten.addcdiv__ScalarList.Run(Argument.Tensors(self), Argument.Tensors(tensor1), Argument.Tensors(tensor2), values);

    public static Tensor[] addcmul(IReadOnlyList<Tensor> self, IReadOnlyList<Tensor> tensor1, IReadOnlyList<Tensor> tensor2, double value = 1) =>
        Aten.addcmul_Scalar.CallList(Argument.Tensors(self), Argument.Tensors(tensor1), Argument.Tensors(tensor2), value);

    public static Tensor[] neg(IReadOnlyList<Tensor> self) => Aten.neg.CallList(Argument.Tensors(self));

    private static void copy_(IReadOnlyList<Tensor> self, Tensor[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            self[i].copy_(values[i]);
            values[i].Dispose();
        }
    }
}

file static class Aten
{
    internal static readonly Operator
        add__List = new("_foreach_add_", "List"), add__Scalar = new("_foreach_add_", "Scalar"), add_List = new("_foreach_add", "List"), sub__List = new("_foreach_sub_", "List"),
        mul__List = new("_foreach_mul_", "List"), mul__Tensor = new("_foreach_mul_", "Tensor"), mul__Scalar = new("_foreach_mul_", "Scalar"), mul_Scalar = new("_foreach_mul", "Scalar"),
        div__List = new("_foreach_div_", "List"), div__Scalar = new("_foreach_div_", "Scalar"), div_Scalar = new("_foreach_div", "Scalar"), maximum_List = new("_foreach_maximum", "List"),
        addcmul__Scalar = new("_foreach_addcmul_", "Scalar"), addcdiv__Scalar = new("_foreach_addcdiv_", "Scalar"),
        div__ScalarList = new("_foreach_div_", "ScalarList"), addcdiv__ScalarList = new("_foreach_addcdiv_", "ScalarList"), addcmul_Scalar = new("_foreach_addcmul", "Scalar"),
        neg = new("_foreach_neg"), sqrt = new("_foreach_sqrt"), sqrt_ = new("_foreach_sqrt_"), neg_ = new("_foreach_neg_"), zero_ = new("_foreach_zero_"), norm_Scalar = new("_foreach_norm", "Scalar");
}
