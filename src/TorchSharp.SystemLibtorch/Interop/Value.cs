using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

// The same numbers as in native/value.h.
internal enum Tag
{
    Default = 0,
    None = 1,
    Tensor = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    Complex = 6,
    String = 7,
    Device = 8,
    Generator = 9,
    IntList = 10,
    DoubleList = 11,
    TensorList = 12,
}

// The tagged value in which arguments go to native code and results come back; the layout of native/value.h.
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct Value
{
    [FieldOffset(0)] internal Tag Tag;
    [FieldOffset(4)] internal int Count;
    [FieldOffset(8)] internal long Integer;
    [FieldOffset(8)] internal double Number;
    [FieldOffset(8)] internal void* Pointer;
}
