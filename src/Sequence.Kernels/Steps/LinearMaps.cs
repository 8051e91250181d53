using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Kernels.Steps;

/// <summary>Linear maps of vectors.</summary>
public static unsafe class LinearMaps
{
    /// <summary>W x + b, [B, in] -> [B, out], in the workspace.</summary>
    public static Vectors Map(this Workspace work, Linear map, Vectors x) => work.Map(map.weight!, map.bias, x);

    /// <summary>W x + b, [B, in] -> [B, out], in the workspace.</summary>
    public static Vectors Map(this Workspace work, Tensor weight, Tensor? bias, Vectors x)
    {
        var y = work.Take(x, (int)weight.size(0));
        Map(weight, bias, x, y);
        return y;
    }

    /// <summary>Writes W x + b over <paramref name="y"/>, [B, in] -> [B, out].</summary>
    public static void Map(Linear map, Vectors x, Vectors y) => Map(map.weight!, map.bias, x, y);

    /// <summary>Writes W x + b over <paramref name="y"/>, [B, in] -> [B, out].</summary>
    public static void Map(Tensor weight, Tensor? bias, Vectors x, Vectors y)
    {
        var (M, K) = ((int)weight.size(0), (int)weight.size(1));
        if (x.Width != K || y.Width != M || x.Batch != y.Batch)
            throw new ArgumentException($"A map from {K} to {M} numbers does not take [{x.Batch}, {x.Width}] to [{y.Batch}, {y.Width}].", nameof(weight));
        if (x.IsDouble)
            Map<double>(weight, bias, x, y, K, M);
        else
            Map<float>(weight, bias, x, y, K, M);
    }

    private static void Map<T>(Tensor weight, Tensor? bias, Vectors x, Vectors y, int K, int M)
        where T : unmanaged
    {
        MatrixVector.Run(
            StepMemory.Of<T>(weight), bias is null ? null : StepMemory.Of<T>(bias), x.Row<T>(0), x.Stride, y.Row<T>(0), y.Stride, x.Batch, K, M);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
    }
}
