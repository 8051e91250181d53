namespace Sequence.Kernels;

/// <summary>Shares the rows and channels of [B, T, D] among threads, time staying whole.</summary>
internal static class ChannelBlocks
{
    // below this many numbers a thread costs more to wake than it saves
    private const long EnoughForAThread = 1 << 17;

    /// <summary>Runs over rows and blocks of at most <paramref name="blockWidth"/> channels, on several threads where there is enough work.</summary>
    /// <param name="shape">[B, T, D].</param>
    /// <param name="blockWidth">Channels in a block.</param>
    /// <param name="run">Row, first channel, count of channels.</param>
    public static void Run(long[] shape, int blockWidth, Action<int, int, int> run)
    {
        var (rows, time, width) = ((int)shape[0], shape[1], (int)shape[2]);
        var blocks = (width + blockWidth - 1) / blockWidth;
        var grain = Math.Max(1, EnoughForAThread / Math.Max(1, time * Math.Min(blockWidth, width)));
        Work.For(0, (long)rows * blocks, grain, (begin, end) =>
        {
            for (var index = begin; index < end; index++)
            {
                var start = (int)(index % blocks) * blockWidth;
                run((int)(index / blocks), start, Math.Min(blockWidth, width - start));
            }
        });
    }
}
