using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Comparisons, logic and bits: results are Bool unless made in place.
    public partial class Tensor
    {
        public Tensor eq(Scalar target) => Aten.eq_Scalar.Call(this, target);
        public Tensor eq(Tensor target) => Aten.eq_Tensor.Call(this, target);
        public Tensor eq_(Scalar target) => InPlace(Aten.eq__Scalar, this, target);
        public Tensor eq_(Tensor target) => InPlace(Aten.eq__Tensor, this, target);
        public Tensor ne(Scalar target) => Aten.ne_Scalar.Call(this, target);
        public Tensor ne(Tensor target) => Aten.ne_Tensor.Call(this, target);
        public Tensor ne_(Scalar target) => InPlace(Aten.ne__Scalar, this, target);
        public Tensor ne_(Tensor target) => InPlace(Aten.ne__Tensor, this, target);
        public Tensor lt(Scalar target) => Aten.lt_Scalar.Call(this, target);
        public Tensor lt(Tensor target) => Aten.lt_Tensor.Call(this, target);
        public Tensor lt_(Scalar target) => InPlace(Aten.lt__Scalar, this, target);
        public Tensor lt_(Tensor target) => InPlace(Aten.lt__Tensor, this, target);
        public Tensor le(Scalar target) => Aten.le_Scalar.Call(this, target);
        public Tensor le(Tensor target) => Aten.le_Tensor.Call(this, target);
        public Tensor le_(Scalar target) => InPlace(Aten.le__Scalar, this, target);
        public Tensor le_(Tensor target) => InPlace(Aten.le__Tensor, this, target);
        public Tensor gt(Scalar target) => Aten.gt_Scalar.Call(this, target);
        public Tensor gt(Tensor target) => Aten.gt_Tensor.Call(this, target);
        public Tensor gt_(Scalar target) => InPlace(Aten.gt__Scalar, this, target);
        public Tensor gt_(Tensor target) => InPlace(Aten.gt__Tensor, this, target);
        public Tensor ge(Scalar target) => Aten.ge_Scalar.Call(this, target);
        public Tensor ge(Tensor target) => Aten.ge_Tensor.Call(this, target);
        public Tensor ge_(Scalar target) => InPlace(Aten.ge__Scalar, this, target);
        public Tensor ge_(Tensor target) => InPlace(Aten.ge__Tensor, this, target);
        public Tensor greater(Tensor target) => Aten.greater_Tensor.Call(this, target);
        public Tensor greater_equal(Tensor target) => Aten.greater_equal_Tensor.Call(this, target);
        public Tensor less(Tensor target) => Aten.less_Tensor.Call(this, target);
        public Tensor less_equal(Tensor target) => Aten.less_equal_Tensor.Call(this, target);
        public Tensor less_equal_(Tensor target) => InPlace(Aten.less_equal__Tensor, this, target);
        public Tensor not_equal(Tensor target) => Aten.not_equal_Tensor.Call(this, target);
        public Tensor not_equal_(Tensor target) => InPlace(Aten.not_equal__Tensor, this, target);

        public Tensor isclose(Tensor other, double rtol = 1E-05, double atol = 1E-08, bool nanEqual = false) => Aten.isclose.Call(this, other, rtol, atol, nanEqual);
        public bool allclose(Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) => Aten.allclose.CallBool(this, target, rtol, atol, equal_nan);
        public Tensor equal(Tensor target) => Aten.eq_Tensor.Call(this, target);
        public Tensor isin(Tensor test_elements, bool assumeUnique = false, bool invert = false) => Aten.isin_Tensor_Tensor.Call(this, test_elements, assumeUnique, invert);
        public Tensor maximum(Tensor other) => Aten.maximum.Call(this, other);
        public Tensor minimum(Tensor other) => Aten.minimum.Call(this, other);
        public Tensor fmax(Tensor other) => Aten.fmax.Call(this, other);
        public Tensor fmin(Tensor other) => Aten.fmin.Call(this, other);

        public Tensor logical_not() => Aten.logical_not.Call(this);
        public Tensor logical_not_() => InPlace(Aten.logical_not_, this);
        public Tensor logical_and(Tensor other) => Aten.logical_and.Call(this, other);
        public Tensor logical_and_(Tensor other) => InPlace(Aten.logical_and_, this, other);
        public Tensor logical_or(Tensor other) => Aten.logical_or.Call(this, other);
        public Tensor logical_or_(Tensor other) => InPlace(Aten.logical_or_, this, other);
        public Tensor logical_xor(Tensor other) => Aten.logical_xor.Call(this, other);
        public Tensor logical_xor_(Tensor other) => InPlace(Aten.logical_xor_, this, other);

        public Tensor bitwise_not() => Aten.bitwise_not.Call(this);
        public Tensor bitwise_not_() => InPlace(Aten.bitwise_not_, this);
        public Tensor bitwise_and(Tensor other) => Aten.bitwise_and_Tensor.Call(this, other);
        public Tensor bitwise_and_(Tensor other) => InPlace(Aten.bitwise_and__Tensor, this, other);
        public Tensor bitwise_or(Tensor other) => Aten.bitwise_or_Tensor.Call(this, other);
        public Tensor bitwise_or_(Tensor other) => InPlace(Aten.bitwise_or__Tensor, this, other);
        public Tensor bitwise_xor(Tensor other) => Aten.bitwise_xor_Tensor.Call(this, other);
        public Tensor bitwise_xor_(Tensor other) => InPlace(Aten.bitwise_xor__Tensor, this, other);
        public Tensor bitwise_left_shift(Tensor other) => Aten.bitwise_left_shift_Tensor.Call(this, other);
        public Tensor bitwise_left_shift_(Tensor other) => InPlace(Aten.bitwise_left_shift__Tensor, this, other);
        public Tensor bitwise_right_shift(Tensor other) => Aten.bitwise_right_shift_Tensor.Call(this, other);
        public Tensor bitwise_right_shift_(Tensor other) => InPlace(Aten.bitwise_right_shift__Tensor, this, other);
    }
}

file static class Aten
{
    internal static readonly Operator
        eq_Scalar = new("eq", "Scalar"), eq_Tensor = new("eq", "Tensor"), eq__Scalar = new("eq_", "Scalar"), eq__Tensor = new("eq_", "Tensor"),
        ne_Scalar = new("ne", "Scalar"), ne_Tensor = new("ne", "Tensor"), ne__Scalar = new("ne_", "Scalar"), ne__Tensor = new("ne_", "Tensor"),
        lt_Scalar = new("lt", "Scalar"), lt_Tensor = new("lt", "Tensor"), lt__Scalar = new("lt_", "Scalar"), lt__Tensor = new("lt_", "Tensor"),
        le_Scalar = new("le", "Scalar"), le_Tensor = new("le", "Tensor"), le__Scalar = new("le_", "Scalar"), le__Tensor = new("le_", "Tensor"),
        gt_Scalar = new("gt", "Scalar"), gt_Tensor = new("gt", "Tensor"), gt__Scalar = new("gt_", "Scalar"), gt__Tensor = new("gt_", "Tensor"),
        ge_Scalar = new("ge", "Scalar"), ge_Tensor = new("ge", "Tensor"), ge__Scalar = new("ge_", "Scalar"), ge__Tensor = new("ge_", "Tensor"),
        greater_Tensor = new("greater", "Tensor"), greater_equal_Tensor = new("greater_equal", "Tensor"), less_Tensor = new("less", "Tensor"),
        less_equal_Tensor = new("less_equal", "Tensor"), less_equal__Tensor = new("less_equal_", "Tensor"),
        not_equal_Tensor = new("not_equal", "Tensor"), not_equal__Tensor = new("not_equal_", "Tensor"), isclose = new("isclose"),
        allclose = new("allclose"), isin_Tensor_Tensor = new("isin", "Tensor_Tensor"), maximum = new("maximum"), minimum = new("minimum"),
        fmax = new("fmax"), fmin = new("fmin"), logical_not = new("logical_not"), logical_not_ = new("logical_not_"),
        logical_and = new("logical_and"), logical_and_ = new("logical_and_"), logical_or = new("logical_or"), logical_or_ = new("logical_or_"),
        logical_xor = new("logical_xor"), logical_xor_ = new("logical_xor_"), bitwise_not = new("bitwise_not"), bitwise_not_ = new("bitwise_not_"),
        bitwise_and_Tensor = new("bitwise_and", "Tensor"), bitwise_and__Tensor = new("bitwise_and_", "Tensor"),
        bitwise_or_Tensor = new("bitwise_or", "Tensor"), bitwise_or__Tensor = new("bitwise_or_", "Tensor"),
        bitwise_xor_Tensor = new("bitwise_xor", "Tensor"), bitwise_xor__Tensor = new("bitwise_xor_", "Tensor"),
        bitwise_left_shift_Tensor = new("bitwise_left_shift", "Tensor"), bitwise_left_shift__Tensor = new("bitwise_left_shift_", "Tensor"),
        bitwise_right_shift_Tensor = new("bitwise_right_shift", "Tensor"), bitwise_right_shift__Tensor = new("bitwise_right_shift_", "Tensor");
}
