using Sequence.Blocks;
using Sequence.Framework.Conformance;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>What the parts around a mixer keep: norms, channel mixers, read-outs.</summary>
public sealed class BlockLaws : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Norms => Installed.Variants<Norm>();

    public static TheoryData<string> RealNorms => [.. Installed.Names<Norm>().Where(name => name != NoNorm)];

    private static string NoNorm => Installed.Names<Norm>().Single(name => name.Contains("\"none\"", StringComparison.Ordinal));

    public static TheoryData<string> ChannelMixers => Installed.Variants<ChannelMixer>();

    public static TheoryData<string> ReadOuts => Installed.Variants<ReadOut>();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Norms))]
    public void A_norm_sees_each_token_alone(string name) => SeesEachTokenAlone(Installed.Create<Norm>(name, Rows.Width));

    [Theory]
    [MemberData(nameof(ChannelMixers))]
    public void A_channel_mixer_sees_each_token_alone(string name) => SeesEachTokenAlone(Installed.Create<ChannelMixer>(name, Rows.Width));

    [Theory]
    [MemberData(nameof(Norms))]
    public void Parameters_of_a_norm_are_registered_once_and_trained(string name) => IsTrained(Installed.Create<Norm>(name, Rows.Width));

    [Theory]
    [MemberData(nameof(ChannelMixers))]
    public void Parameters_of_a_channel_mixer_are_registered_once_and_trained(string name) =>
        IsTrained(Installed.Create<ChannelMixer>(name, Rows.Width));

    [Theory]
    [MemberData(nameof(Norms))]
    public void Gradients_of_a_norm_are_those_of_the_function(string name) => HasItsGradient(Installed.Create<Norm>(name, Rows.Width));

    [Theory]
    [MemberData(nameof(ChannelMixers))]
    public void Gradients_of_a_channel_mixer_are_those_of_the_function(string name) =>
        HasItsGradient(Installed.Create<ChannelMixer>(name, Rows.Width));

    [Fact]
    public void No_norm_changes_nothing()
    {
        using var norm = Installed.Create<Norm>(NoNorm, Rows.Width).to(ScalarType.Float64);
        var x = Rows.Random(1, 5, float64) * 1e4;
        Assert.True(norm.call(x).eq(x).all().ToBoolean());
    }

    [Theory]
    [MemberData(nameof(RealNorms))]
    public void A_norm_undoes_a_scale(string name)
    {
        using var norm = Installed.Create<Norm>(name, Rows.Width).to(ScalarType.Float64);
        var x = Rows.Random(1, 5, float64) * 1e4;
        var (y, scaled) = (norm.call(x), norm.call(x * 1e4));
        Assert.True(y.allclose(scaled, rtol: Tolerances.Float64, atol: 1e-8));
        Assert.InRange(y.square().mean().ToDouble(), 0.99, 1.01);
    }

    [Theory]
    [MemberData(nameof(ReadOuts))]
    public void A_read_out_ignores_padding(string name)
    {
        using var readOut = Installed.Create<ReadOut>(name, Rows.Width);
        long[] lengths = [65, 1, 64];
        var x = Rows.Random(3, 65, float32);
        var changed = x.clone();
        for (var row = 0; row < 3; row++)
            changed[row].narrow(0, lengths[row], 65 - lengths[row]).fill_(100);
        var context = new SequenceContext { Lengths = lengths };

        var y = readOut.Forward(x, context);

        Assert.Equal([3, Rows.Width], y.shape);
        Tolerance.Exactly(y, readOut.Forward(changed, context));
        for (var row = 0; row < 3; row++)
            Tolerance.Same(readOut.Forward(x[row].narrow(0, 0, lengths[row]).unsqueeze(0), SequenceContext.Dense)[0], y[row]);
    }

    [Theory]
    [MemberData(nameof(ReadOuts))]
    public void A_read_out_passes_gradients_to_real_tokens_only(string name)
    {
        using var readOut = Installed.Create<ReadOut>(name, Rows.Width);
        var x = Rows.Random(2, 10, float32).requires_grad_();

        readOut.Forward(x, new SequenceContext { Lengths = [10, 4] }).sum().backward();

        Assert.Equal(0, x.grad![1].narrow(0, 4, 6).abs().max().ToDouble());
        Assert.True(x.grad[1].narrow(0, 0, 4).abs().max().ToDouble() > 0);
    }

    private static void SeesEachTokenAlone(nn.Module<Tensor, Tensor> module)
    {
        using var owned = module;
        var x = Rows.Random(2, 10, float32);
        var y = module.call(x);
        Assert.Equal(x.shape, y.shape);
        Tolerance.Same(y.flip(1), module.call(x.flip(1)));
        Tolerance.Same(y.narrow(1, 3, 1), module.call(x.narrow(1, 3, 1)));
    }

    private static void IsTrained(nn.Module<Tensor, Tensor> module)
    {
        using var owned = module;
        var weight = Rows.Random(2, 10, float32, seed: 2);
        Weights.AreTrained(module, () => (module.call(Rows.Random(2, 10, float32)) * weight).sum());
    }

    private static void HasItsGradient(nn.Module<Tensor, Tensor> module)
    {
        using var wide = module.to(ScalarType.Float64);
        var x = Rows.Random(2, 5, float64).requires_grad_();
        var weight = Rows.Random(2, 5, float64, seed: 2);
        Weights.HaveTheGradientOf(
            () => (wide.call(x) * weight).sum(),
            wide.named_parameters().Select(each => (each.name, (Tensor)each.parameter)).Append(("x", x)));
    }
}
