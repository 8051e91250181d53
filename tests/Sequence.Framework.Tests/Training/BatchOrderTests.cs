using Sequence.Tasks;

namespace Sequence.Framework.Training;

public class BatchOrderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(63, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 64)]
    [InlineData(1_000, 7)]
    public void Every_example_is_met_once_a_pass(int examples, int batchSize)
    {
        var batches = BatchOrder.Training(new Lengths(examples), batchSize, seed: 3, epoch: 2);
        Assert.Equal(Enumerable.Range(0, examples), batches.SelectMany(batch => batch).Order());
        Assert.Equal((examples + batchSize - 1) / batchSize, batches.Length);
        Assert.All(batches, batch => Assert.InRange(batch.Length, 1, batchSize));
        Assert.Equal(Enumerable.Range(0, examples), BatchOrder.Evaluation(new Lengths(examples), batchSize).SelectMany(batch => batch).Order());
    }

    [Fact]
    public void The_order_is_a_function_of_seed_and_epoch()
    {
        var lengths = new Lengths(500);
        Assert.Equal(BatchOrder.Training(lengths, 8, 1, 0), BatchOrder.Training(lengths, 8, 1, 0));
        Assert.NotEqual(BatchOrder.Training(lengths, 8, 1, 0), BatchOrder.Training(lengths, 8, 1, 1));
        Assert.NotEqual(BatchOrder.Training(lengths, 8, 1, 0), BatchOrder.Training(lengths, 8, 2, 0));
    }

    [Fact]
    public void Batches_of_similar_length_pad_less_than_a_tenth_of_random_ones()
    {
        var lengths = new Lengths(4_000);
        var sorted = Padding(BatchOrder.Training(lengths, 16, 1, 0));
        var random = Padding(Enumerable.Range(0, 4_000).Chunk(16));
        Assert.InRange(sorted, 0, random / 10);

        long Padding(IEnumerable<int[]> batches) => batches.Sum(batch => batch.Sum(index => (long)batch.Max(lengths.LengthOf) - lengths.LengthOf(index)));
    }

    [Fact]
    public void Long_and_short_batches_are_mixed()
    {
        var lengths = new Lengths(4_000);
        var batches = BatchOrder.Training(lengths, 16, 1, 0);
        var longest = batches.Select((batch, place) => (Place: place, Length: batch.Max(lengths.LengthOf))).Where(batch => batch.Length > 180).Select(batch => batch.Place).ToList();
        Assert.InRange(longest.Average(), batches.Length * 0.3, batches.Length * 0.7);
    }

    private sealed class Lengths(int count) : IDataset
    {
        public int Count => count;

        public Example this[int index] => throw new NotSupportedException();

        public int LengthOf(int index) => 1 + (int)(index * 7_919L % 200);
    }
}
