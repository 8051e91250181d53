namespace TorchSharp;

public static partial class torch
{
    // A tensor's one element as a .NET number.
    public partial class Tensor
    {
        public static explicit operator float(Tensor value) => value.ToSingle();
        public static explicit operator double(Tensor value) => value.ToDouble();
        public static explicit operator sbyte(Tensor value) => (sbyte)value.ToInt64();
        public static explicit operator byte(Tensor value) => (byte)value.ToInt64();
        public static explicit operator short(Tensor value) => (short)value.ToInt64();
        public static explicit operator int(Tensor value) => value.ToInt32();
        public static explicit operator long(Tensor value) => value.ToInt64();
        public static explicit operator bool(Tensor value) => value.ToBoolean();
    }
}
