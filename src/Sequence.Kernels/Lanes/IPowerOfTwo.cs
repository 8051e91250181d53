namespace Sequence.Kernels.Lanes;

/// <summary>2^(x f), for a loop that does little else: its constants are loaded before the loop.</summary>
internal interface IPowerOfTwo<TSelf, TLanes, T>
    where TSelf : struct, IPowerOfTwo<TSelf, TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Loads the constants.</summary>
    static abstract TSelf Load();

    /// <summary>2^(x f).</summary>
    TLanes Of(TLanes x, TLanes f);

    /// <summary>2^(x f) and 2^(y f).</summary>
    (TLanes X, TLanes Y) Of(TLanes x, TLanes y, TLanes f);
}
