namespace Sequence.Framework.Training;

public class LearningRateTests
{
    private const double Exactly = 1e-15;

    [Fact]
    public void The_rate_rises_in_a_line_then_falls_along_a_half_cosine()
    {
        var rate = new LearningRate(new TrainingOptions { LearningRate = 0.5, FinalLearningRate = 0.2, Warmup = 0.1 }, 100);
        Assert.Equal(0.05, rate.At(0), Exactly);
        Assert.Equal(0.5, rate.At(9), Exactly);
        Assert.Equal(0.5, rate.At(10), Exactly);
        Assert.Equal(0.3, rate.At(55), Exactly);
        Assert.Equal(0.1, rate.At(100), Exactly);
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(1.0, 1)]
    [InlineData(0.0, 2)]
    public void No_schedule_leaves_the_range(double warmup, int steps)
    {
        var rate = new LearningRate(new TrainingOptions { LearningRate = 1, FinalLearningRate = 0, Warmup = warmup }, steps);
        for (var step = 0; step < steps; step++)
            Assert.InRange(rate.At(step), 1e-9, 1);
    }
}
