namespace Sequence.Kernels.Selective;

/// <summary>The sizes of a selective scan, and how it is cut up.</summary>
internal readonly struct SelectiveSizes(long[] sequence, long states)
{
    /// <summary>Channels of a block: their tokens are long runs of memory, their scratch fits a core's cache.</summary>
    public const int BlockWidth = 256;

    /// <summary>
    /// From a token to the next in scratch memory: a line of cache more than a block, so that what a vector of channels has in all tokens does not fall on the same
    /// few sets of the cache.
    /// </summary>
    public const int Stride = BlockWidth + 16;

    /// <summary>B, T, E, N.</summary>
    public readonly int Rows = (int)sequence[0], Time = (int)sequence[1], Width = (int)sequence[2], States = (int)states;

    /// <summary>Tokens of a stretch: what is kept of h, N / stretch of a sequence [B, T, E], is no more than such a sequence up to N = 64.</summary>
    public int Stretch => Math.Clamp(States, 16, 64);

    /// <summary>Stretches of a sequence.</summary>
    public int Stretches => (Time + Stretch - 1) / Stretch;

    /// <summary>Blocks of channels.</summary>
    public int Blocks => ChannelBlocks.Count(Width, BlockWidth);

    /// <summary>Numbers of h before every stretch, whole blocks.</summary>
    public long Kept => (long)Rows * Blocks * Stretches * States * BlockWidth;

    /// <summary>Where h of a block before a stretch is kept.</summary>
    public long KeptAt(ChannelBlock block, int stretch) => (((long)block.Row * Blocks + block.Index) * Stretches + stretch) * States * BlockWidth;

    /// <summary>Where the channels of a block begin in a state [B, N, E].</summary>
    public long StateAt(ChannelBlock block) => (long)block.Row * States * Width + block.Start;
}
