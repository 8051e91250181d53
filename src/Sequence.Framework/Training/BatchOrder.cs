using Sequence.Tasks;

namespace Sequence.Framework.Training;

/// <summary>
/// Which examples stand together in which batch, and in what order. Examples of similar length share a batch, so that little is padding;
/// what is met when stays random.
/// </summary>
internal static class BatchOrder
{
    /// <summary>Batches among which examples are sorted by length: more of them pad less and mix less.</summary>
    private const int Pool = 50;

    /// <summary>
    /// The batches of one pass: examples shuffled by (seed, epoch), sorted by length within pools of 50 batches, cut into batches, the batches
    /// shuffled. Always ceil(examples / batchSize) of them.
    /// </summary>
    public static int[][] Training(IDataset examples, int batchSize, long seed, long epoch)
    {
        var random = new SplitMix(seed, epoch);
        int[] order = [.. Enumerable.Range(0, examples.Count)];
        random.Shuffle(order.AsSpan());
        int[][] batches = [.. order.Chunk(checked(batchSize * Pool)).SelectMany(pool => pool.OrderBy(examples.LengthOf).Chunk(batchSize))];
        random.Shuffle(batches.AsSpan());
        return batches;
    }

    /// <summary>The batches of an evaluation: by length, longest first, so that a lack of memory shows at once.</summary>
    public static int[][] Evaluation(IDataset examples, int batchSize) =>
        [.. Enumerable.Range(0, examples.Count).OrderByDescending(examples.LengthOf).Chunk(batchSize)];
}
