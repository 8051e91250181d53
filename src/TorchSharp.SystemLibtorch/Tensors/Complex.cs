using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Complex numbers: parts, conjugates and their real views.
    public partial class Tensor
    {
        public Tensor angle() => Aten.angle.Call(this);
        public Tensor conj() => Aten.conj.Call(this);
        public Tensor conj_physical() => Aten.conj_physical.Call(this);
        public Tensor conj_physical_() => InPlace(Aten.conj_physical_, this);
        public Tensor resolve_conj() => Aten.resolve_conj.Call(this);
        public Tensor resolve_neg() => Aten.resolve_neg.Call(this);
        public Tensor adjoint() => Aten.adjoint.Call(this);
        public Tensor view_as_complex() => Aten.view_as_complex.Call(this);
        public Tensor view_as_real() => Aten.view_as_real.Call(this);
    }
}

file static class Aten
{
    internal static readonly Operator
        angle = new("angle"), conj = new("conj"), conj_physical = new("conj_physical"), conj_physical_ = new("conj_physical_"),
        resolve_conj = new("resolve_conj"), resolve_neg = new("resolve_neg"), adjoint = new("adjoint"), view_as_complex = new("view_as_complex"),
        view_as_real = new("view_as_real");
}
