using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // What slides along a dimension: padding, convolution, pooling, patches.
        public static partial class functional
        {
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => Padded(input, pad, mode, value);
            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => Padded(input, pad, mode, value);
            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => Padded(input, [pad, pad], mode, value);
            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => Padded(input, [pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                Padded(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>input [N, C, L] with weight [O, C / groups, K]; bias [O].</summary>
            public static Tensor conv1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1) =>
                Aten.conv1d.Call(input, weight, bias, Argument.Ints([stride ?? 1]), Argument.Ints([padding ?? 0]), Argument.Ints([dilation ?? 1]), groups);

            public static Tensor conv1d_padding(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, Padding padding = Padding.Valid, long? dilation = null, long groups = 1) =>
                Aten.conv1d_padding.Call(input, weight, bias, Argument.Ints([stride ?? 1]), padding == Padding.Valid ? "valid" : "same", Argument.Ints([dilation ?? 1]), groups);

            public static Tensor avg_pool1d(Tensor input, long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true) =>
                Aten.avg_pool1d.Call(input, Argument.Ints([kernel_size]), Argument.Ints([stride ?? kernel_size]), Argument.Ints([padding ?? 0]), ceil_mode, count_include_pad);

            public static Tensor max_pool1d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                Aten.max_pool1d.Call(input, Argument.Ints([kernel_size]), Argument.Ints([stride ?? kernel_size]), Argument.Ints([padding ?? 0]), Argument.Ints([dilation ?? 1]), ceil_mode);

            /// <summary>The patches of input [N, C, H, W] as columns [N, C * KH * KW, L].</summary>
            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                unfold(input, (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

            public static Tensor unfold(Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                Aten.im2col.Call(input, Pair(kernel_size), Pair(dilation ?? (1, 1)), Pair(padding ?? (0, 0)), Pair(stride ?? (1, 1)));

            private static Argument Pair((long First, long Second) pair) => Argument.Ints([pair.First, pair.Second]);

            private static Tensor Padded(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode, double value) => mode switch
            {
                PaddingModes.Reflect => Aten.pad.Call(input, Argument.Ints(pad), "reflect"),
                PaddingModes.Replicate => Aten.pad.Call(input, Argument.Ints(pad), "replicate"),
                PaddingModes.Circular => Aten.pad.Call(input, Argument.Ints(pad), "circular"),
                _ => Aten.pad.Call(input, Argument.Ints(pad), "constant", mode == PaddingModes.Zeros ? 0 : value),
            };
        }
    }
}

file static class Aten
{
    internal static readonly Operator
        pad = new("pad"), conv1d = new("conv1d"), conv1d_padding = new("conv1d", "padding"), avg_pool1d = new("avg_pool1d"), max_pool1d = new("max_pool1d"), im2col = new("im2col");
}
