using Sequence.Tasks.Synthetic.Words;
using static TorchSharp.torch;

namespace Sequence.Tasks.Tests.Synthetic;

public sealed class WordMetricTests
{
    private const long X = Example.Ignored;

    // rows of lengths 4, 2, 4 and 3: wrong at the last position; nowhere; at the first two; nowhere
    private static readonly long[,] Targets = { { 0, 1, 2, 0 }, { 1, 1, X, X }, { 2, 0, 1, 1 }, { 0, 0, 0, X } };
    private static readonly long[,] Predictions = { { 0, 1, 2, 1 }, { 1, 1, 0, 1 }, { 1, 1, 1, 1 }, { 0, 0, 0, 2 } };

    [Fact]
    public void Error_counts_scored_positions()
    {
        var metric = Measured(WordMetric.Error());
        Assert.Equal(3.0 / 13, metric.Value);
        Assert.Equal([new(2, 0), new(3, 0), new(4, 3.0 / 8)], metric.Curve);
        Assert.False(metric.HigherIsBetter);
    }

    [Fact]
    public void Error_beyond_counts_positions_after_the_first_ones()
    {
        var metric = Measured(WordMetric.ErrorBeyond(2));
        Assert.Equal(1.0 / 5, metric.Value);
        Assert.Equal([new(3, 0), new(4, 1.0 / 4)], metric.Curve);
        Assert.Equal("error-beyond-2", metric.Name);
    }

    [Fact]
    public void A_word_is_right_where_no_position_is_wrong()
    {
        var metric = Measured(WordMetric.SequenceAccuracy());
        Assert.Equal(2.0 / 4, metric.Value);
        Assert.Equal([new(2, 1), new(3, 1), new(4, 0)], metric.Curve);
        Assert.True(metric.HigherIsBetter);
    }

    [Fact]
    public void Batches_add_up()
    {
        var (whole, parts) = (Measured(WordMetric.Error()), WordMetric.Error());
        using var scope = NewDisposeScope();
        using var logits = Logits();
        using var targets = tensor(Targets);
        for (var row = 0; row < 4; row++)
            parts.Add(logits.narrow(0, row, 1), targets.narrow(0, row, 1));
        Assert.Equal(whole.Value, parts.Value);
        Assert.Equal(whole.Curve, parts.Curve);
    }

    [Fact]
    public void Nothing_is_known_before_the_first_position()
    {
        Assert.True(double.IsNaN(WordMetric.Error().Value));
        Assert.Empty(WordMetric.Error().Curve);
        var beyond = Measured(WordMetric.ErrorBeyond(18));
        Assert.True(double.IsNaN(beyond.Value));
        Assert.Empty(beyond.Curve);
    }

    private static WordMetric Measured(WordMetric metric)
    {
        using var scope = NewDisposeScope();
        metric.Add(Logits(), tensor(Targets));
        return metric;
    }

    /// <summary>[B, T, 3], largest at the predictions.</summary>
    private static Tensor Logits() => nn.functional.one_hot(tensor(Predictions), 3).to(float32) - 0.5;
}
