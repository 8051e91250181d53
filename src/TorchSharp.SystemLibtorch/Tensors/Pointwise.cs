using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Functions of one tensor, element by element.
    public partial class Tensor
    {
        public Tensor abs() => Aten.abs.Call(this);
        public Tensor abs_() => InPlace(Aten.abs_, this);
        public Tensor absolute() => Aten.absolute.Call(this);
        public Tensor absolute_() => InPlace(Aten.absolute_, this);
        public Tensor sign() => Aten.sign.Call(this);
        public Tensor sign_() => InPlace(Aten.sign_, this);
        public Tensor sgn() => Aten.sgn.Call(this);
        public Tensor sgn_() => InPlace(Aten.sgn_, this);
        public Tensor signbit() => Aten.signbit.Call(this);
        public Tensor neg() => Aten.neg.Call(this);
        public Tensor neg_() => InPlace(Aten.neg_, this);
        public Tensor negative() => Aten.negative.Call(this);
        public Tensor positive() => Aten.positive.Call(this);
        public Tensor square() => Aten.square.Call(this);
        public Tensor sqrt() => Aten.sqrt.Call(this);
        public Tensor sqrt_() => InPlace(Aten.sqrt_, this);
        public Tensor rsqrt() => Aten.rsqrt.Call(this);
        public Tensor rsqrt_() => InPlace(Aten.rsqrt_, this);
        public Tensor reciprocal() => Aten.reciprocal.Call(this);
        public Tensor reciprocal_() => InPlace(Aten.reciprocal_, this);

        public Tensor exp() => Aten.exp.Call(this);
        public Tensor exp_() => InPlace(Aten.exp_, this);
        public Tensor exp2() => Aten.exp2.Call(this);
        public Tensor exp2_() => InPlace(Aten.exp2_, this);
        public Tensor expm1() => Aten.expm1.Call(this);
        public Tensor expm1_() => InPlace(Aten.expm1_, this);
        public Tensor log() => Aten.log.Call(this);
        public Tensor log_() => InPlace(Aten.log_, this);
        public Tensor log2() => Aten.log2.Call(this);
        public Tensor log2_() => InPlace(Aten.log2_, this);
        public Tensor log10() => Aten.log10.Call(this);
        public Tensor log10_() => InPlace(Aten.log10_, this);
        public Tensor log1p() => Aten.log1p.Call(this);
        public Tensor log1p_() => InPlace(Aten.log1p_, this);
        public Tensor logit(double? eps = null) => Aten.logit.Call(this, eps);
        public Tensor logit_(double? eps = null) => InPlace(Aten.logit_, this, eps);
        public Tensor sigmoid() => Aten.sigmoid.Call(this);
        public Tensor sigmoid_() => InPlace(Aten.sigmoid_, this);

        public Tensor sin() => Aten.sin.Call(this);
        public Tensor sin_() => InPlace(Aten.sin_, this);
        public Tensor cos() => Aten.cos.Call(this);
        public Tensor cos_() => InPlace(Aten.cos_, this);
        public Tensor tan() => Aten.tan.Call(this);
        public Tensor tan_() => InPlace(Aten.tan_, this);
        public Tensor asin() => Aten.asin.Call(this);
        public Tensor asin_() => InPlace(Aten.asin_, this);
        public Tensor acos() => Aten.acos.Call(this);
        public Tensor acos_() => InPlace(Aten.acos_, this);
        public Tensor atan() => Aten.atan.Call(this);
        public Tensor atan_() => InPlace(Aten.atan_, this);
        public Tensor sinh() => Aten.sinh.Call(this);
        public Tensor sinh_() => InPlace(Aten.sinh_, this);
        public Tensor cosh() => Aten.cosh.Call(this);
        public Tensor cosh_() => InPlace(Aten.cosh_, this);
        public Tensor tanh() => Aten.tanh.Call(this);
        public Tensor tanh_() => InPlace(Aten.tanh_, this);
        public Tensor asinh() => Aten.asinh.Call(this);
        public Tensor asinh_() => InPlace(Aten.asinh_, this);
        public Tensor acosh() => Aten.acosh.Call(this);
        public Tensor acosh_() => InPlace(Aten.acosh_, this);
        public Tensor atanh() => Aten.atanh.Call(this);
        public Tensor atanh_() => InPlace(Aten.atanh_, this);

        public Tensor arcsin() => Aten.arcsin.Call(this);
        public Tensor arcsin_() => InPlace(Aten.arcsin_, this);
        public Tensor arccos() => Aten.arccos.Call(this);
        public Tensor arccos_() => InPlace(Aten.arccos_, this);
        public Tensor arctan() => Aten.arctan.Call(this);
        public Tensor arctan_() => InPlace(Aten.arctan_, this);
        public Tensor arcsinh() => Aten.arcsinh.Call(this);
        public Tensor arcsinh_() => InPlace(Aten.arcsinh_, this);
        public Tensor arccosh() => Aten.arccosh.Call(this);
        public Tensor arccosh_() => InPlace(Aten.arccosh_, this);
        public Tensor arctanh() => Aten.arctanh.Call(this);
        public Tensor arctanh_() => InPlace(Aten.arctanh_, this);
        public Tensor sinc() => Aten.sinc.Call(this);
        public Tensor sinc_() => InPlace(Aten.sinc_, this);
        public Tensor deg2rad() => Aten.deg2rad.Call(this);
        public Tensor deg2rad_() => InPlace(Aten.deg2rad_, this);
        public Tensor rad2deg() => Aten.rad2deg.Call(this);
        public Tensor rad2deg_() => InPlace(Aten.rad2deg_, this);

        public Tensor ceil() => Aten.ceil.Call(this);
        public Tensor ceil_() => InPlace(Aten.ceil_, this);
        public Tensor floor() => Aten.floor.Call(this);
        public Tensor floor_() => InPlace(Aten.floor_, this);
        public Tensor trunc() => Aten.trunc.Call(this);
        public Tensor trunc_() => InPlace(Aten.trunc_, this);
        public Tensor fix() => Aten.fix.Call(this);
        public Tensor fix_() => InPlace(Aten.fix_, this);
        public Tensor frac() => Aten.frac.Call(this);
        public Tensor frac_() => InPlace(Aten.frac_, this);
        public Tensor round(long decimals = 0) => Aten.round_decimals.Call(this, decimals);
        public Tensor round_(long decimals = 0) => InPlace(Aten.round__decimals, this, decimals);
        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => Aten.nan_to_num.Call(this, nan, posinf, neginf);
        public Tensor nan_to_num_(double nan = 0, double? posinf = null, double? neginf = null) => InPlace(Aten.nan_to_num_, this, nan, posinf, neginf);

        public Tensor erf() => Aten.erf.Call(this);
        public Tensor erf_() => InPlace(Aten.erf_, this);
        public Tensor erfc() => Aten.erfc.Call(this);
        public Tensor erfc_() => InPlace(Aten.erfc_, this);
        public Tensor erfinv() => Aten.erfinv.Call(this);
        public Tensor erfinv_() => InPlace(Aten.erfinv_, this);
        public Tensor lgamma() => Aten.lgamma.Call(this);
        public Tensor lgamma_() => InPlace(Aten.lgamma_, this);
        public Tensor digamma() => Aten.digamma.Call(this);
        public Tensor digamma_() => InPlace(Aten.digamma_, this);
        public Tensor i0() => Aten.i0.Call(this);
        public Tensor i0_() => InPlace(Aten.i0_, this);

        public Tensor isnan() => Aten.isnan.Call(this);
        public Tensor isinf() => Aten.isinf.Call(this);
        public Tensor isfinite() => Aten.isfinite.Call(this);
        public Tensor isposinf() => Aten.isposinf.Call(this);
        public Tensor isneginf() => Aten.isneginf.Call(this);
        public Tensor isreal() => Aten.isreal.Call(this);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.clamp.Call(this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Aten.clamp_Tensor.Call(this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => InPlace(Aten.clamp_, this, min, max);
        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => InPlace(Aten.clamp__Tensor, this, min, max);
        public Tensor clamp_min(Scalar min) => Aten.clamp_min.Call(this, min);
        public Tensor clamp_min_(Scalar min) => InPlace(Aten.clamp_min_, this, min);
        public Tensor clamp_max(Scalar max) => Aten.clamp_max.Call(this, max);
        public Tensor clamp_max_(Scalar max) => InPlace(Aten.clamp_max_, this, max);
        public Tensor clip(Scalar? min = null, Scalar? max = null) => Aten.clip.Call(this, min, max);
    }
}

file static class Aten
{
    internal static readonly Operator
        abs = new("abs"), abs_ = new("abs_"), absolute = new("absolute"), absolute_ = new("absolute_"), sign = new("sign"), sign_ = new("sign_"),
        sgn = new("sgn"), sgn_ = new("sgn_"), signbit = new("signbit"), neg = new("neg"), neg_ = new("neg_"), negative = new("negative"),
        positive = new("positive"), square = new("square"), sqrt = new("sqrt"), sqrt_ = new("sqrt_"), rsqrt = new("rsqrt"), rsqrt_ = new("rsqrt_"),
        reciprocal = new("reciprocal"), reciprocal_ = new("reciprocal_"), exp = new("exp"), exp_ = new("exp_"), exp2 = new("exp2"),
        exp2_ = new("exp2_"), expm1 = new("expm1"), expm1_ = new("expm1_"), log = new("log"), log_ = new("log_"), log2 = new("log2"),
        log2_ = new("log2_"), log10 = new("log10"), log10_ = new("log10_"), log1p = new("log1p"), log1p_ = new("log1p_"), logit = new("logit"),
        logit_ = new("logit_"), sigmoid = new("sigmoid"), sigmoid_ = new("sigmoid_"), sin = new("sin"), sin_ = new("sin_"), cos = new("cos"),
        cos_ = new("cos_"), tan = new("tan"), tan_ = new("tan_"), asin = new("asin"), asin_ = new("asin_"), acos = new("acos"), acos_ = new("acos_"),
        atan = new("atan"), atan_ = new("atan_"), sinh = new("sinh"), sinh_ = new("sinh_"), cosh = new("cosh"), cosh_ = new("cosh_"),
        tanh = new("tanh"), tanh_ = new("tanh_"), asinh = new("asinh"), asinh_ = new("asinh_"), acosh = new("acosh"), acosh_ = new("acosh_"),
        atanh = new("atanh"), atanh_ = new("atanh_"), arcsin = new("arcsin"), arcsin_ = new("arcsin_"), arccos = new("arccos"),
        arccos_ = new("arccos_"), arctan = new("arctan"), arctan_ = new("arctan_"), arcsinh = new("arcsinh"), arcsinh_ = new("arcsinh_"),
        arccosh = new("arccosh"), arccosh_ = new("arccosh_"), arctanh = new("arctanh"), arctanh_ = new("arctanh_"), sinc = new("sinc"),
        sinc_ = new("sinc_"), deg2rad = new("deg2rad"), deg2rad_ = new("deg2rad_"), rad2deg = new("rad2deg"), rad2deg_ = new("rad2deg_"),
        ceil = new("ceil"), ceil_ = new("ceil_"), floor = new("floor"), floor_ = new("floor_"), trunc = new("trunc"), trunc_ = new("trunc_"),
        fix = new("fix"), fix_ = new("fix_"), frac = new("frac"), frac_ = new("frac_"), round_decimals = new("round", "decimals"),
        round__decimals = new("round_", "decimals"), nan_to_num = new("nan_to_num"), nan_to_num_ = new("nan_to_num_"), erf = new("erf"),
        erf_ = new("erf_"), erfc = new("erfc"), erfc_ = new("erfc_"), erfinv = new("erfinv"), erfinv_ = new("erfinv_"), lgamma = new("lgamma"),
        lgamma_ = new("lgamma_"), digamma = new("digamma"), digamma_ = new("digamma_"), i0 = new("i0"), i0_ = new("i0_"), isnan = new("isnan"),
        isinf = new("isinf"), isfinite = new("isfinite"), isposinf = new("isposinf"), isneginf = new("isneginf"), isreal = new("isreal"),
        clamp = new("clamp"), clamp_Tensor = new("clamp", "Tensor"), clamp_ = new("clamp_"), clamp__Tensor = new("clamp_", "Tensor"),
        clamp_min = new("clamp_min"), clamp_min_ = new("clamp_min_"), clamp_max = new("clamp_max"), clamp_max_ = new("clamp_max_"),
        clip = new("clip");
}
