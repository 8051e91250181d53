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

    [Theory]
    [InlineData(0.2, new[] { 0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0 })]
    [InlineData(0.5, new[] { 0.625, 0.375, 0, 0 })]
    [InlineData(1.0, new[] { 1.0, 0, 0, 0 })]
    public void Tokens_far_below_the_likeliest_are_left_out(double minP, double[] expected)
    {
        var counts = Drawn(new() { MinP = minP }, Logits, 5_000);
        for (var token = 0; token < expected.Length; token++)
            Assert.InRange(counts.GetValueOrDefault(token) / 5_000.0, expected[token] - 0.03, expected[token] + 0.03);
    }

    [Fact]
    public void Tokens_that_came_before_are_less_likely_by_the_penalty()
    {
        float[] logits = [2, 1.5f, -1];
        Assert.Equal([0L], Drawn(new() { Temperature = 0, RepetitionPenalty = 1.3 }, logits, 3, 0).Keys);
        Assert.Equal([1L], Drawn(new() { Temperature = 0, RepetitionPenalty = 1.4 }, logits, 3, 0, 0).Keys);
        Assert.Equal([0L], Drawn(new() { Temperature = 0, RepetitionPenalty = 1.4, RepetitionWindow = 1 }, logits, 3, 0, 2).Keys);
        Assert.Equal([1L], Drawn(new() { Temperature = 0, RepetitionPenalty = 2 }, [-1, -1.5f], 3, 0).Keys);
    }

    [Fact]
    public void A_stream_goes_on_from_where_it_was()
    {
        var whole = new TokenSampler(seed: 7);
        List<long> drawn = [.. Enumerable.Range(0, 40).Select(_ => whole.Draw(Logits, new(), new()))];
        var rest = new TokenSampler(seed: 7, drawn: 15);
        Assert.Equal(drawn.Skip(15), Enumerable.Range(0, 25).Select(_ => rest.Draw(Logits, new(), new())));
        Assert.Equal(whole.Drawn, rest.Drawn);
    }

    [Fact]
    public void The_seed_decides()
    {
        Assert.Equal(Sequence(1), Sequence(1));
        Assert.NotEqual(Sequence(1), Sequence(2));

        List<long> Sequence(long seed)
        {
            var sampler = new TokenSampler(seed);
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Draw(Logits, new(), new()))];
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow() => Assert.Equal([2L], Drawn(new(), [-1e4f, 0, 1e4f], 10).Keys);

    private static Dictionary<long, int> Drawn(GenerationOptions options, float[] logits, int draws, params long[] recent)
    {
        var sampler = new TokenSampler(seed: 1);
        var before = new RecentTokens();
        before.Add(recent);
        return Enumerable.Range(0, draws).Select(_ => sampler.Draw(logits, options, before)).CountBy(token => token).ToDictionary();
    }
}
