using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Moments of seeded draws, within five standard errors, and what a seed promises.</summary>
public sealed class RandomTests
{
    private const int Draws = 20000;

    private static readonly Dictionary<string, (Func<Generator, Tensor> Draw, double Mean, double Deviation)> Distributions = new()
    {
        ["rand"] = (g => torch.rand([Draws], generator: g), 0.5, Math.Sqrt(1 / 12.0)),
        ["randn"] = (g => torch.randn([Draws], generator: g), 0, 1),
        ["randint"] = (g => torch.randint(2, 12, [Draws], generator: g), 6.5, Math.Sqrt(99 / 12.0)),
        ["randint from 0"] = (g => torch.randint(10L, [Draws], generator: g), 4.5, Math.Sqrt(99 / 12.0)),
        ["normal"] = (g => torch.normal(3, 2, [Draws], generator: g), 3, 2),
        ["normal of tensors"] = (g => torch.normal(torch.full([Draws], 3.0), torch.full([Draws], 2.0), g), 3, 2),
        ["uniform_"] = (g => torch.empty([Draws]).uniform_(-1, 3, g), 1, 4 * Math.Sqrt(1 / 12.0)),
        ["normal_"] = (g => torch.empty([Draws]).normal_(-1, 0.5, g), -1, 0.5),
        ["exponential_"] = (g => torch.empty([Draws]).exponential_(2, g), 0.5, 0.5),
        ["log_normal_"] = (g => torch.empty([Draws]).log_normal_(0, 0.25, g), Math.Exp(0.03125), Math.Sqrt((Math.Exp(0.0625) - 1) * Math.Exp(0.0625))),
        ["geometric_"] = (g => torch.empty([Draws]).geometric_(0.5, g), 2, Math.Sqrt(2)),
        ["random_"] = (g => torch.empty([Draws]).random_(0, 10, g), 4.5, Math.Sqrt(99 / 12.0)),
        ["bernoulli_"] = (g => torch.empty([Draws]).bernoulli_(0.3, g), 0.3, Math.Sqrt(0.21)),
        ["bernoulli_ of a tensor"] = (g => torch.empty([Draws]).bernoulli_(torch.full([Draws], 0.3), g), 0.3, Math.Sqrt(0.21)),
        ["bernoulli"] = (g => torch.full([Draws], 0.3).bernoulli(g), 0.3, Math.Sqrt(0.21)),
        ["torch.bernoulli"] = (g => torch.bernoulli(torch.full([Draws], 0.3), g), 0.3, Math.Sqrt(0.21)),
        ["poisson"] = (g => torch.full([Draws], 4.0).poisson(g), 4, 2),
        ["torch.poisson"] = (g => torch.poisson(torch.full([Draws], 4.0), g), 4, 2),
        ["binomial"] = (g => torch.full([Draws], 10.0).binomial(torch.full([Draws], 0.5), g), 5, Math.Sqrt(2.5)),
        ["torch.binomial"] = (g => torch.binomial(torch.full([Draws], 10.0), torch.full([Draws], 0.5), g), 5, Math.Sqrt(2.5)),
        ["multinomial"] = (g => tensor(new[] { 1.0, 0.0, 3.0 }).multinomial(Draws, true, g), 1.5, Math.Sqrt(0.75)),
        ["torch.multinomial"] = (g => torch.multinomial(tensor(new[] { 1.0, 0.0, 3.0 }), Draws, true, g), 1.5, Math.Sqrt(0.75)),
    };

    public static TheoryData<string> Names => [.. Distributions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Draws_have_the_moments_of_their_distribution_and_follow_the_seed(string name)
    {
        using var scope = NewDisposeScope();
        (Func<Generator, Tensor> draw, double mean, double deviation) = Distributions[name];
        Tensor first = draw(new Generator(17)), again = draw(new Generator(17)), other = draw(new Generator(18));
        Grid values = Grid.Of(first);
        Assert.Equal(values.Values, Grid.Of(again).Values);
        Assert.NotEqual(values.Values, Grid.Of(other).Values);
        Assert.InRange(values.Values.Average(), mean - (5 * deviation / Math.Sqrt(Draws)), mean + (5 * deviation / Math.Sqrt(Draws)));
        double found = Math.Sqrt(values.Values.Average(v => Math.Pow(v - values.Values.Average(), 2)));
        Assert.InRange(found, deviation * 0.93, deviation * 1.07);
    }

    [Fact]
    public void Cauchy_draws_lie_half_within_one_scale_of_the_median()
    {
        using var scope = NewDisposeScope();
        Grid drawn = Grid.Of(torch.empty([Draws]).cauchy_(1, 2, new Generator(3)));
        Assert.InRange(drawn.Values.Count(v => Math.Abs(v - 1) < 2) / (double)Draws, 0.48, 0.52);
    }

    [Fact]
    public void Draws_like_another_take_its_shape()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        Tensor x = torch.zeros(100, 100);
        foreach (Tensor uniform in new[] { x.rand_like(), torch.rand_like(x) })
        {
            Assert.Equal([100L, 100], uniform.shape);
            Assert.InRange(uniform.mean().ToDouble(), 0.48, 0.52);
        }

        foreach (Tensor normal in new[] { x.randn_like(), torch.randn_like(x) })
        {
            Assert.InRange(normal.std().ToDouble(), 0.95, 1.05);
        }

        foreach (Tensor whole in new[] { x.randint_like(3, 5), torch.randint_like(x, 3, 5) })
        {
            Assert.Equal([3.0, 4.0], Grid.Of(whole).Values.Distinct().Order());
        }
    }

    [Fact]
    public void A_permutation_holds_every_number_once()
    {
        using var scope = NewDisposeScope();
        Tensor permutation = torch.randperm(65, generator: new Generator(5));
        Assert.Equal(ScalarType.Int64, permutation.dtype);
        Assert.Equal(Enumerable.Range(0, 65).Select(i => (double)i), Grid.Of(permutation).Values.Order());
        Assert.NotEqual(Enumerable.Range(0, 65).Select(i => (double)i), Grid.Of(permutation).Values);
    }

    [Fact]
    public void Without_replacement_no_index_comes_twice()
    {
        using Tensor drawn = torch.ones(20).multinomial(20, false, new Generator(2));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (double)i), Grid.Of(drawn).Values.Order());
    }

    [Fact]
    public void Single_numbers_stay_in_range()
    {
        Generator generator = new(9);
        for (int i = 0; i < 100; i++)
        {
            Assert.InRange(torch.rand_float(generator), 0, 1);
            Assert.InRange(torch.randint_int(5, generator), 0, 4);
            Assert.InRange(torch.randint_int(5, 9, generator), 5, 8);
            Assert.InRange(torch.randint_long(5, generator), 0, 4);
            Assert.InRange(torch.randint_long(-9, -5, generator), -9, -6);
        }

        double[] normals = [.. Enumerable.Range(0, 500).Select(_ => torch.randn_float(generator))];
        Assert.InRange(normals.Average(), -0.25, 0.25);
        Assert.Equal(2, Enumerable.Range(0, 64).Select(_ => torch.randint_bool(generator)).Distinct().Count());
    }

    [Fact]
    public void Dropout_zeroes_a_share_and_scales_the_rest()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        Tensor dropped = torch.nn.functional.dropout(torch.ones(Draws), 0.25);
        Grid values = Grid.Of(dropped);
        Assert.All(values.Values, v => Assert.True(v == 0 || Math.Abs(v - (1 / 0.75)) < 1e-6));
        Assert.InRange(values.Values.Count(v => v == 0) / (double)Draws, 0.23, 0.27);
        Grid channels = Grid.Of(torch.nn.functional.dropout1d(torch.ones(50, 40, 5), 0.5));
        Assert.All(Enumerable.Range(0, 2000), c => Assert.Single(channels.Values[(5 * c)..(5 * (c + 1))].Distinct()));
        Tensor inPlace = torch.ones(100);
        torch.nn.functional.dropout(inPlace, 0.5, true, true);
        Assert.Contains(0.0, Grid.Of(inPlace).Values);
    }

    [Fact]
    public void Attention_drops_weights_and_not_the_mask()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        Tensor q = torch.zeros(1, 1, 64, 4), v = torch.ones(1, 1, 64, 1);
        Grid dropped = Grid.Of(torch.nn.functional.scaled_dot_product_attention(q, q, v, null, 0.5));
        Assert.InRange(dropped.Values.Average(), 0.9, 1.1);
        Assert.True(dropped.Values.Distinct().Count() > 5);
    }
}
