using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>Where a complex diagonal recurrence h_t = a_t h_(t-1) + b_t has a and b from, and where their gradients go; what is elementwise on the way is done on the way.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
internal interface IComplexDiagonalInput<T>
    where T : unmanaged
{
    /// <summary>Moves to a token of a row; channels count from <paramref name="start"/> on.</summary>
    void Enter(int row, long t, int start);

    /// <summary>a and b.</summary>
    (Pair<TLanes, T> A, Pair<TLanes, T> B) Read<TLanes>(int channel) where TLanes : struct, ILanes<TLanes, T>;

    /// <summary>a alone.</summary>
    Pair<TLanes, T> Decay<TLanes>(int channel) where TLanes : struct, ILanes<TLanes, T>;

    /// <summary>Takes the gradients to a, which <see cref="Decay"/> gave, and to b.</summary>
    void WriteGradient<TLanes>(int channel, Pair<TLanes, T> a, Pair<TLanes, T> ga, Pair<TLanes, T> gb) where TLanes : struct, ILanes<TLanes, T>;
}
