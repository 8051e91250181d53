using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Tasks.Tests.Metrics;

public class MetricTests
{
    private const double Float32 = 1e-6;

    [Fact]
    public void Accuracy_counts_the_largest_logit_over_all_batches()
    {
        var metric = Made.Accuracy;
        Assert.True(double.IsNaN(metric.Value));
        metric.Add(tensor(new float[] { 1, 2, 3, 5, 0, 1 }, [2, 3]), tensor(new long[] { 2, 1 }));
        metric.Add(tensor(new float[] { 9, 0, 0 }, [1, 3]), tensor(new long[] { 0 }));
        Assert.Equal(2.0 / 3, metric.Value);
    }

    [Fact]
    public void Ignored_targets_do_not_count()
    {
        var logits = tensor(new float[] { 5, 0, 5, 0, 0, 5, 5, 0 }, [2, 2, 2]);
        var targets = tensor(new long[] { 0, Example.Ignored, 0, Example.Ignored }, [2, 2]);
        var accuracy = Made.Accuracy;
        accuracy.Add(logits, targets);
        Assert.Equal(0.5, accuracy.Value);

        var perplexity = Made.Perplexity;
        perplexity.Add(logits, targets);
        var nats = (Math.Log(1 + Math.Exp(-5)) + Math.Log(1 + Math.Exp(5))) / 2;
        Assert.Equal(Math.Exp(nats), perplexity.Value, Float32 * Math.Exp(nats));
    }

    [Fact]
    public void A_uniform_model_has_perplexity_C_and_log2_C_bits()
    {
        var (perplexity, bits) = (Made.Perplexity, Made.BitsPerToken);
        foreach (var metric in new[] { perplexity, bits })
        {
            Assert.True(double.IsNaN(metric.Value));
            metric.Add(zeros(3, 5, 8), zeros(3, 5, dtype: int64));
        }

        Assert.Equal(8, perplexity.Value, 8 * Float32);
        Assert.Equal(3, bits.Value, 3 * Float32);
        Assert.False(perplexity.HigherIsBetter);
    }
}
