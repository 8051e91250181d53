namespace Sequence.Kernels;

/// <summary>Shares the rows and channels of [B, T, D] among threads, time staying whole. What a block computes does not depend on how many threads there are.</summary>
internal static unsafe class ChannelBlocks
{
    // below this many numbers a thread costs more to wake than it saves
    private const long EnoughForAThread = 1 << 17;

    /// <summary>Blocks that a width falls into.</summary>
    public static int Count(long width, int blockWidth) => (int)((width + blockWidth - 1) / blockWidth);

    /// <summary>Runs over rows and blocks of at most <paramref name="blockWidth"/> channels, on several threads where there is enough work.</summary>
    /// <param name="rows">B.</param>
    /// <param name="width">D.</param>
    /// <param name="blockWidth">Channels in a block.</param>
    /// <param name="numbers">Numbers that a channel of a row computes.</param>
    /// <param name="scratch">Bytes that a block works in, whose values at the start are left open.</param>
    /// <param name="run">A block and its scratch, aligned.</param>
    public static void Run(long rows, long width, int blockWidth, long numbers, long scratch, Action<ChannelBlock, nint> run)
    {
        var blocks = Count(width, blockWidth);
        var grain = Math.Max(1, EnoughForAThread / Math.Max(1, numbers * Math.Min(blockWidth, width)));
        Work.For(0, rows * blocks, grain, (begin, end) =>
        {
            using var memory = new AlignedMemory<byte>(scratch);
            var bytes = (nint)memory.Scratch.Take(scratch);
            for (var at = begin; at < end; at++)
            {
                var index = (int)(at % blocks);
                run(new((int)(at / blocks), index, index * blockWidth, (int)Math.Min(blockWidth, width - (long)index * blockWidth)), bytes);
            }
        });
    }
}
