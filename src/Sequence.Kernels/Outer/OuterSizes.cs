using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Outer;

/// <summary>The sizes of an outer-product scan, and how it is cut up.</summary>
/// <param name="keys">[B, T, H, K].</param>
/// <param name="values">V.</param>
/// <param name="decays">Decays of a head and token: K, 1, or 0 for none.</param>
internal readonly struct OuterSizes(long[] keys, long values, long decays)
{
    /// <summary>Tokens of a chunk.</summary>
    public const int Chunk = 64;

    /// <summary>Tokens of a part of a chunk, inside of which decays of key channels are multiplied pair by pair.</summary>
    public const int Part = 16;

    /// <summary>B, T, H, K, V, and decays of a head and token.</summary>
    public readonly int Batch = (int)keys[0], Time = (int)keys[1], Heads = (int)keys[2], Keys = (int)keys[3], Values = (int)values, Decays = (int)decays;

    /// <summary>n.</summary>
    public int Chunks => (Time + Chunk - 1) / Chunk;

    /// <summary>Columns that a row of width <paramref name="width"/> has in scratch, zeros filling it up: whole panels of a product.</summary>
    public static int Room<T>(int width)
        where T : unmanaged
    {
        var panel = 2 * LaneWidth.Most<T>();
        return (width + panel - 1) / panel * panel;
    }

    /// <summary>Numbers of a state in scratch.</summary>
    public long State<T>()
        where T : unmanaged
        => (long)Room<T>(Keys) * Room<T>(Values);

    /// <summary>Where the states before chunks of a head are kept, as they lie in scratch.</summary>
    public long KeptAt<T>(int row, int head)
        where T : unmanaged
        => ((long)row * Heads + head) * Chunks * State<T>();

    /// <summary>Where a state [B, H, K, V] of a head begins.</summary>
    public long StateAt(int row, int head) => ((long)row * Heads + head) * Keys * Values;
}
