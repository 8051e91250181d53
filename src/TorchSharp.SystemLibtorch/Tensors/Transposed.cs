using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Views that read as properties: transposes and the parts of a complex tensor.
    public partial class Tensor
    {
        public Tensor T => Aten.numpy_T.Call(this);
        public Tensor H => Aten.matrix_H.Call(this);
        public Tensor mT => Aten.mT.Call(this);
        public Tensor mH => Aten.mH.Call(this);
        public Tensor real => Aten.real.Call(this);
        public Tensor imag => Aten.imag.Call(this);
    }
}

file static class Aten
{
    internal static readonly Operator
        numpy_T = new("numpy_T"), matrix_H = new("matrix_H"), mT = new("mT"), mH = new("mH"), real = new("real"), imag = new("imag");
}
