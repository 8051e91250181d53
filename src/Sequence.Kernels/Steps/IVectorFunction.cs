using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>A function of numbers, elementwise; one that takes fewer leaves the others alone.</summary>
internal interface IVectorFunction
{
    /// <summary>f(x, y, z).</summary>
    static abstract TLanes Of<TLanes, T>(TLanes x, TLanes y, TLanes z)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged;
}
