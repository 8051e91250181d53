using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>What is summed up, a term of each number.</summary>
internal interface ITerm
{
    /// <summary>The terms of some numbers.</summary>
    static abstract TLanes Of<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged;
}

/// <summary>x.</summary>
internal readonly struct Itself : ITerm
{
    /// <inheritdoc/>
    public static TLanes Of<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => x;
}

/// <summary>x^2.</summary>
internal readonly struct Squared : ITerm
{
    /// <inheritdoc/>
    public static TLanes Of<TLanes, T>(TLanes x)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged
        => x * x;
}
