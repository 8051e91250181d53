namespace Sequence.Kernels.Delta;

/// <summary>What a chunk of a delta rule has in scratch beside that of an outer-product scan.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
internal unsafe struct DeltaBlock<T>
    where T : unmanaged
{
    /// <summary>[C].</summary>
    public T* Beta;

    /// <summary>-W_ij k_i . k_j for j before i, else 0: [C, C].</summary>
    public T* Minus;

    /// <summary>-k with the decays from the chunk's start: [C, K].</summary>
    public T* MinusEntering;

    /// <summary>v less what is there, and beta times that, which is what is written: [C, V].</summary>
    public T* Rest, U;

    /// <summary>The gradient to u, then to what is there: [C, V].</summary>
    public T* GU;

    /// <summary>The gradient to W_ij k_i . k_j as k_i reads: [C, C].</summary>
    public T* GM;

    /// <summary>The gradient to k as it reads what is there: [C, K].</summary>
    public T* GReading;

    /// <summary>[C].</summary>
    public T* GBeta;
}
