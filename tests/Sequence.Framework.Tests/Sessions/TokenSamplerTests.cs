namespace Sequence.Framework.Sessions;

public class TokenSamplerTests
{
    private static readonly float[] Logits = [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.15f), MathF.Log(0.05f)];

    [Fact]
    public void Temperature_0_takes_the_likeliest() => Assert.Equal([1L], Drawn(new() { Temperature = 0 }, [0, 5, 4, 5], 50).Keys);

    [Theory]
    [InlineData(1, null, null, new[] { 0.5, 0.3, 0.15, 0.05 })]
    [InlineData(0.5, null, null, new[] { 0.25 / 0.365, 0.09 / 0.365, 0.0225 / 0.365, 0.0025 / 0.365 })]
    [InlineData(1, 2, null, new[] { 0.625, 0.375, 0, 0 })]
    [InlineData(1, null, 0.79, new[] { 0.625, 0.375, 0, 0 })]
    [InlineData(1, null, 0.81, new[] { 0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0 })]
    [InlineData(1, 1, 0.9, new[] { 1.0, 0, 0, 0 })]
    [InlineData(1, null, 1e-6, new[] { 1.0, 0, 0, 0 })]
    public void Tokens_are_drawn_by_their_probability(double temperature, int? topK, double? topP, double[] expected)
    {
        const int Draws = 20_000;
        const double FourDeviations = 4 * 0.5 / 141;
        var counts = Drawn(new() { Temperature = temperature, TopK = topK, TopP = topP }, Logits, Draws);
        for (var token = 0; token < expected.Length; token++)
        {
            var share = (double)counts.GetValueOrDefault(token) / Draws;
            Assert.InRange(share, expected[token] - FourDeviations, expected[token] + FourDeviations);
            if (expected[token] == 0)
                Assert.Equal(0, share);
        }
    }

    [Fact]
    public void The_seed_decides()
    {
        Assert.Equal(Sequence(1), Sequence(1));
        Assert.NotEqual(Sequence(1), Sequence(2));

        List<long> Sequence(long seed)
        {
            var sampler = new TokenSampler(new() { Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Draw(Logits))];
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow() => Assert.Equal([2L], Drawn(new(), [-1e4f, 0, 1e4f], 10).Keys);

    private static Dictionary<long, int> Drawn(GenerationOptions options, float[] logits, int draws)
    {
        var sampler = new TokenSampler(options);
        return Enumerable.Range(0, draws).Select(_ => sampler.Draw(logits)).CountBy(token => token).ToDictionary();
    }
}
