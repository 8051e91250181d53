using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Arithmetic of two operands, with broadcasting.
    public partial class Tensor
    {
        public Tensor add(Scalar scalar) => Aten.add_Scalar.Call(this, scalar);
        public Tensor add(Scalar scalar, Scalar alpha) => Aten.add_Scalar.Call(this, scalar, alpha);
        public Tensor add(Tensor target) => Aten.add_Tensor.Call(this, target);
        public Tensor add(Tensor target, Scalar alpha) => Aten.add_Tensor.Call(this, target, alpha);
        public Tensor add_(Scalar scalar) => InPlace(Aten.add__Scalar, this, scalar);
        public Tensor add_(Scalar scalar, Scalar alpha) => InPlace(Aten.add__Scalar, this, scalar, alpha);
        public Tensor add_(Tensor target) => InPlace(Aten.add__Tensor, this, target);
        public Tensor add_(Tensor target, Scalar alpha) => InPlace(Aten.add__Tensor, this, target, alpha);
        public Tensor sub(Scalar target) => Aten.sub_Scalar.Call(this, target);
        public Tensor sub(Tensor target) => Aten.sub_Tensor.Call(this, target);
        public Tensor sub_(Scalar target) => InPlace(Aten.sub__Scalar, this, target);
        public Tensor sub_(Tensor target) => InPlace(Aten.sub__Tensor, this, target);
        public Tensor subtract(Scalar target) => Aten.subtract_Scalar.Call(this, target);
        public Tensor subtract(Tensor target) => Aten.subtract_Tensor.Call(this, target);
        public Tensor subtract_(Scalar target) => InPlace(Aten.subtract__Scalar, this, target);
        public Tensor subtract_(Tensor target) => InPlace(Aten.subtract__Tensor, this, target);
        public Tensor mul(Scalar target) => Aten.mul_Scalar.Call(this, target);
        public Tensor mul(Tensor target) => Aten.mul_Tensor.Call(this, target);
        public Tensor mul_(Scalar target) => InPlace(Aten.mul__Scalar, this, target);
        public Tensor mul_(Tensor target) => InPlace(Aten.mul__Tensor, this, target);
        public Tensor multiply(Scalar target) => Aten.multiply_Scalar.Call(this, target);
        public Tensor multiply(Tensor target) => Aten.multiply_Tensor.Call(this, target);

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Aten.div_Scalar_mode.Call(this, target, Name(rounding_mode));
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Aten.div_Tensor_mode.Call(this, target, Name(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => InPlace(Aten.div__Scalar_mode, this, target, Name(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => InPlace(Aten.div__Tensor_mode, this, target, Name(rounding_mode));
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);
        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);
        public Tensor true_divide(Scalar other) => Aten.true_divide_Scalar.Call(this, other);
        public Tensor true_divide(Tensor other) => Aten.true_divide_Tensor.Call(this, other);
        public Tensor true_divide_(Scalar other) => InPlace(Aten.true_divide__Scalar, this, other);
        public Tensor true_divide_(Tensor other) => InPlace(Aten.true_divide__Tensor, this, other);
        public Tensor floor_divide(Scalar other) => Aten.floor_divide_Scalar.Call(this, other);
        public Tensor floor_divide(Tensor other) => Aten.floor_divide.Call(this, other);
        public Tensor floor_divide_(Scalar other) => InPlace(Aten.floor_divide__Scalar, this, other);
        public Tensor floor_divide_(Tensor other) => InPlace(Aten.floor_divide__Tensor, this, other);
        public Tensor remainder(Scalar scalar) => Aten.remainder_Scalar.Call(this, scalar);
        public Tensor remainder(Tensor target) => Aten.remainder_Tensor.Call(this, target);
        public Tensor remainder_(Scalar scalar) => InPlace(Aten.remainder__Scalar, this, scalar);
        public Tensor remainder_(Tensor target) => InPlace(Aten.remainder__Tensor, this, target);
        public Tensor fmod(Scalar scalar) => Aten.fmod_Scalar.Call(this, scalar);
        public Tensor fmod(Tensor target) => Aten.fmod_Tensor.Call(this, target);
        public Tensor fmod_(Scalar scalar) => InPlace(Aten.fmod__Scalar, this, scalar);
        public Tensor fmod_(Tensor target) => InPlace(Aten.fmod__Tensor, this, target);

        public Tensor pow(Scalar exponent) => Aten.pow_Tensor_Scalar.Call(this, exponent);
        public Tensor pow(Tensor exponent) => Aten.pow_Tensor_Tensor.Call(this, exponent);
        public Tensor pow_(Scalar exponent) => InPlace(Aten.pow__Scalar, this, exponent);
        public Tensor pow_(Tensor exponent) => InPlace(Aten.pow__Tensor, this, exponent);
        public Tensor float_power(Tensor target) => Aten.float_power_Tensor_Tensor.Call(this, target);
        public Tensor float_power_(Tensor target) => InPlace(Aten.float_power__Tensor, this, target);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcmul.Call(this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace(Aten.addcmul_, this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Aten.addcdiv.Call(this, tensor1, tensor2);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcdiv.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => InPlace(Aten.addcdiv_, this, tensor1, tensor2);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace(Aten.addcdiv_, this, tensor1, tensor2, value);
        public Tensor lerp(Tensor end, Tensor weight) => Aten.lerp_Tensor.Call(this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => InPlace(Aten.lerp__Tensor, this, end, weight);

        public Tensor atan2(Tensor other) => Aten.atan2.Call(this, other);
        public Tensor atan2_(Tensor other) => InPlace(Aten.atan2_, this, other);
        public Tensor arctan2(Tensor other) => Aten.arctan2.Call(this, other);
        public Tensor arctan2_(Tensor other) => InPlace(Aten.arctan2_, this, other);
        public Tensor arctan(Tensor other) => Aten.atan2.Call(this, other);
        public Tensor arctan_(Tensor other) => InPlace(Aten.atan2_, this, other);
        public Tensor hypot(Tensor other) => Aten.hypot.Call(this, other);
        public Tensor logaddexp(Tensor other) => Aten.logaddexp.Call(this, other);
        public Tensor logaddexp2(Tensor other) => Aten.logaddexp2.Call(this, other);
        public Tensor xlogy(Scalar y) => Aten.xlogy_Scalar_Other.Call(this, y);
        public Tensor xlogy(Tensor y) => Aten.xlogy_Tensor.Call(this, y);
        public Tensor xlogy_(Scalar y) => InPlace(Aten.xlogy__Scalar_Other, this, y);
        public Tensor xlogy_(Tensor y) => InPlace(Aten.xlogy__Tensor, this, y);
        public Tensor copysign(Tensor other) => Aten.copysign_Tensor.Call(this, other);
        public Tensor copysign_(Tensor other) => InPlace(Aten.copysign__Tensor, this, other);
        public Tensor dist(Tensor other, float p = 2) => Aten.dist.Call(this, other, p);
    }
}

file static class Aten
{
    internal static readonly Operator
        add_Scalar = new("add", "Scalar"), add_Tensor = new("add", "Tensor"), add__Scalar = new("add_", "Scalar"),
        add__Tensor = new("add_", "Tensor"), sub_Scalar = new("sub", "Scalar"), sub_Tensor = new("sub", "Tensor"),
        sub__Scalar = new("sub_", "Scalar"), sub__Tensor = new("sub_", "Tensor"), subtract_Scalar = new("subtract", "Scalar"),
        subtract_Tensor = new("subtract", "Tensor"), subtract__Scalar = new("subtract_", "Scalar"), subtract__Tensor = new("subtract_", "Tensor"),
        mul_Scalar = new("mul", "Scalar"), mul_Tensor = new("mul", "Tensor"), mul__Scalar = new("mul_", "Scalar"),
        mul__Tensor = new("mul_", "Tensor"), multiply_Scalar = new("multiply", "Scalar"), multiply_Tensor = new("multiply", "Tensor"),
        div_Scalar_mode = new("div", "Scalar_mode"), div_Tensor_mode = new("div", "Tensor_mode"), div__Scalar_mode = new("div_", "Scalar_mode"),
        div__Tensor_mode = new("div_", "Tensor_mode"), true_divide_Scalar = new("true_divide", "Scalar"),
        true_divide_Tensor = new("true_divide", "Tensor"), true_divide__Scalar = new("true_divide_", "Scalar"),
        true_divide__Tensor = new("true_divide_", "Tensor"), floor_divide_Scalar = new("floor_divide", "Scalar"), floor_divide = new("floor_divide"),
        floor_divide__Scalar = new("floor_divide_", "Scalar"), floor_divide__Tensor = new("floor_divide_", "Tensor"),
        remainder_Scalar = new("remainder", "Scalar"), remainder_Tensor = new("remainder", "Tensor"),
        remainder__Scalar = new("remainder_", "Scalar"), remainder__Tensor = new("remainder_", "Tensor"), fmod_Scalar = new("fmod", "Scalar"),
        fmod_Tensor = new("fmod", "Tensor"), fmod__Scalar = new("fmod_", "Scalar"), fmod__Tensor = new("fmod_", "Tensor"),
        pow_Tensor_Scalar = new("pow", "Tensor_Scalar"), pow_Tensor_Tensor = new("pow", "Tensor_Tensor"), pow__Scalar = new("pow_", "Scalar"),
        pow__Tensor = new("pow_", "Tensor"), float_power_Tensor_Tensor = new("float_power", "Tensor_Tensor"),
        float_power__Tensor = new("float_power_", "Tensor"), addcmul = new("addcmul"), addcmul_ = new("addcmul_"), addcdiv = new("addcdiv"),
        addcdiv_ = new("addcdiv_"), lerp_Tensor = new("lerp", "Tensor"), lerp__Tensor = new("lerp_", "Tensor"), atan2 = new("atan2"),
        atan2_ = new("atan2_"), arctan2 = new("arctan2"), arctan2_ = new("arctan2_"), hypot = new("hypot"), logaddexp = new("logaddexp"),
        logaddexp2 = new("logaddexp2"), xlogy_Scalar_Other = new("xlogy", "Scalar_Other"), xlogy_Tensor = new("xlogy", "Tensor"),
        xlogy__Scalar_Other = new("xlogy_", "Scalar_Other"), xlogy__Tensor = new("xlogy_", "Tensor"), copysign_Tensor = new("copysign", "Tensor"),
        copysign__Tensor = new("copysign_", "Tensor"), dist = new("dist");
}
