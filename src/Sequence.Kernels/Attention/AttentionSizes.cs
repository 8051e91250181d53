namespace Sequence.Kernels.Attention;

/// <summary>The sizes of an attention and of the tiles it is computed in.</summary>
/// <param name="Rows">B.</param>
/// <param name="Heads">H.</param>
/// <param name="KeyHeads">Hkv.</param>
/// <param name="Queries">T.</param>
/// <param name="Keys">N.</param>
/// <param name="Width">K.</param>
/// <param name="ValueWidth">V.</param>
internal readonly record struct AttentionSizes(int Rows, int Heads, int KeyHeads, int Queries, int Keys, int Width, int ValueWidth)
{
    /// <summary>Queries of a tile, a multiple of any panel's columns: a tile of scores, of keys and of values are 16 KiB each in float32 where K = 64.</summary>
    public const int QueryTile = 64;

    /// <summary>Keys of a tile.</summary>
    public const int KeyTile = 64;

    /// <summary>Tiles that the queries fall into.</summary>
    public int QueryTiles => (Queries + QueryTile - 1) / QueryTile;

    /// <summary>Query heads that share a key head.</summary>
    public int Group => Heads / KeyHeads;

    /// <summary>1 / sqrt(K).</summary>
    public double Scale => 1 / Math.Sqrt(Width);
}
