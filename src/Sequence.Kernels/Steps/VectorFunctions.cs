using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>x sigmoid(x).</summary>
internal readonly struct SiluOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => x * LaneMath.Sigmoid<TLanes, T>(x);
}

/// <summary>1 / (1 + e^-x).</summary>
internal readonly struct SigmoidOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => LaneMath.Sigmoid<TLanes, T>(x);
}

/// <summary>log(1 + e^x).</summary>
internal readonly struct SoftplusOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => LaneMath.Softplus<TLanes, T>(x);
}

/// <summary>log sigmoid(x) = -log(1 + e^-x).</summary>
internal readonly struct LogSigmoidOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => -LaneMath.Softplus<TLanes, T>(-x);
}

/// <summary>e^x.</summary>
internal readonly struct ExpOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => LaneMath.Exp<TLanes, T>(x);
}

/// <summary>max(x, 0).</summary>
internal readonly struct ReluOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => TLanes.Max(x, TLanes.Zero);
}

/// <summary>x Phi(x) = x (1 + erf(x / sqrt 2)) / 2.</summary>
internal readonly struct GeluOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => x * TLanes.Of(0.5) * (TLanes.Of(1.0) + LaneMath.Erf<TLanes, T>(x * TLanes.Of(0.70710678118654752)));
}

/// <summary>max(x, 0) + e^min(x, 0), which is elu(x) + 1.</summary>
internal readonly struct EluPlusOneOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => TLanes.Max(x, TLanes.Zero) + LaneMath.Exp<TLanes, T>(TLanes.Min(x, TLanes.Zero));
}

/// <summary>x + 1/2 where x is not below 0, sigmoid(x) elsewhere.</summary>
internal readonly struct PositiveOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => TLanes.Max(x, TLanes.Zero) + LaneMath.Sigmoid<TLanes, T>(TLanes.Min(x, TLanes.Zero));
}

/// <summary>e^(-x e^y).</summary>
internal readonly struct DecayOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => LaneMath.Exp<TLanes, T>(-(x * LaneMath.Exp<TLanes, T>(y)));
}

/// <summary>x + y.</summary>
internal readonly struct SumOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => x + y;
}

/// <summary>x y.</summary>
internal readonly struct ProductOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => x * y;
}

/// <summary>(1 - p) x + p z with p = sigmoid(y).</summary>
internal readonly struct GateOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => TLanes.MultiplyAdd(LaneMath.Sigmoid<TLanes, T>(-y), x, LaneMath.Sigmoid<TLanes, T>(y) * z);
}

/// <summary>x + y z.</summary>
internal readonly struct SumWithProductOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => TLanes.MultiplyAdd(y, z, x);
}

/// <summary>x silu(y).</summary>
internal readonly struct ProductWithSiluOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => x * y * LaneMath.Sigmoid<TLanes, T>(y);
}

/// <summary>x sigmoid(y).</summary>
internal readonly struct ProductWithSigmoidOf : IVectorFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => x * LaneMath.Sigmoid<TLanes, T>(y);
}
