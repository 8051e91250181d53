using TorchSharp.Interop;

namespace TorchSharp;

// Static forms whose parameters differ from the Tensor method's, and the few that have none.
public static partial class torch
{
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Aten.where_self.Call(condition, x, y);
    public static Tensor[] where(Tensor condition) => Aten.where.CallList(condition);
    public static Tensor gather(Tensor input, long dim, Tensor index, bool sparse_grad = false) => Aten.gather.Call(input, dim, index, sparse_grad);
    public static Tensor[] unbind(Tensor tensor, int dim = 0) => tensor.unbind(dim);
    public static Tensor norm(Tensor input) => input.norm();
    public static Tensor negative_(Tensor input) => input.neg_();
    public static Tensor multiply_(Tensor left, Tensor right) => left.mul_(right);
    public static Tensor multiply_(Tensor left, Scalar right) => left.mul_(right);
    public static Tensor divide_(Tensor left, Scalar right) => left.div_(right);
    public static Tensor movedim(Tensor input, long source, long destination) => input.movedim([source], [destination]);
    public static Tensor moveaxis(Tensor input, long source, long destination) => input.moveaxis([source], [destination]);
    public static Tensor real(Tensor input) => input.real;
    public static Tensor imag(Tensor input) => input.imag;
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
    public static long numel(Tensor input) => input.numel();

    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        Aten.searchsorted_Tensor.Call(sorted_sequence, values, out_int32, right, Argument.None, sorter);

    public static Tensor searchsorted(Tensor sorted_sequence, Scalar values, bool out_int32, bool right, Tensor? sorter) =>
        Aten.searchsorted_Scalar.Call(sorted_sequence, values, out_int32, right, Argument.None, sorter);

    /// <summary>The dtype that arithmetic on the two yields.</summary>
    public static ScalarType result_type(Tensor tensor1, Tensor tensor2) => (ScalarType)Aten.result_type_Tensor.CallLong(tensor1, tensor2);

    public static ScalarType promote_types(ScalarType type1, ScalarType type2) => (ScalarType)Aten.promote_types.CallLong(type1, type2);

    public static bool can_cast(ScalarType from, ScalarType to) => Aten.can_cast.CallBool(from, to);
}

file static class Aten
{
    internal static readonly Operator
        where = new("where"), where_self = new("where", "self"), gather = new("gather"), searchsorted_Tensor = new("searchsorted", "Tensor"),
        searchsorted_Scalar = new("searchsorted", "Scalar"), result_type_Tensor = new("result_type", "Tensor"),
        promote_types = new("promote_types"), can_cast = new("can_cast");
}
