using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class GeneratorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(100)]
    public void A_state_set_back_draws_the_same_again(int count)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        Some.Normal(7);
        var state = get_rng_state();
        var first = Some.Normal(count);
        set_rng_state(state);
        Assert.True(first.Equals(Some.Normal(count)));
        Assert.False(first.Equals(Some.Normal(count)));
    }

    [Fact]
    public void A_seed_draws_what_it_drew_before()
    {
        using var scope = NewDisposeScope();
        manual_seed(42);
        var first = Some.Normal(64);
        manual_seed(42);
        Assert.True(first.Equals(Some.Normal(64)));
        Assert.Equal(42, initial_seed());
    }

    [Fact]
    public void A_generator_of_its_own_leaves_the_default_one_alone()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var expected = Some.Normal(5);
        manual_seed(1);
        using var own = new Generator(9);
        var first = Draw(own);
        Assert.True(expected.Equals(Some.Normal(5)));
        own.manual_seed(9);
        Assert.True(first.Equals(Draw(own)));
        Assert.Equal(9, own.initial_seed());
    }

    [Fact]
    public void A_state_moves_between_generators()
    {
        using var scope = NewDisposeScope();
        using var from = new Generator(3);
        using var to = new Generator(4);
        Draw(from);
        to.set_state(from.get_state());
        Assert.True(Draw(from).Equals(Draw(to)));
    }

    [Fact]
    public void A_fresh_seed_is_told()
    {
        using var generator = new Generator(3);
        var seed = generator.seed();
        Assert.Equal(seed, generator.initial_seed());
    }

    private static Tensor Draw(Generator generator) => Some.Uniform.Call(Some.Zeros.Call(new long[] { 16 }), 0.0, 1.0, generator);
}
