using Sequence.Components;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>Blocks against their equations, at the first token, where the tiny mixer is its linear map.</summary>
public sealed class ResidualStyleTests : IDisposable
{
    private const int D = 8;
    private const int Depth = 6;
    private const double Tolerance = 1e-5;

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<ResidualStyle> Styles => [.. Enum.GetValues<ResidualStyle>()];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Styles))]
    public void A_block_equals_its_equation(ResidualStyle style)
    {
        foreach (var scale in (ResidualScale?[])[null, new(), new() { Value = 0.3 }, new() { Value = 0.3, Learned = true }])
        foreach (var channels in (bool[])[true, false])
        {
            using var block = Block(style, scale, channels);
            Scatter(block);
            var x = randn(2, 1, D);

            Assert.True(Expected(style, scale, block, x).allclose(block.Forward(x, SequenceContext.Dense), Tolerance, Tolerance), $"{scale}, channel mixer {channels}");
        }
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void A_block_registers_what_its_equation_names(ResidualStyle style)
    {
        using var block = Block(style, new() { Learned = true }, channels: true);

        string[] expected = style switch
        {
            ResidualStyle.Sandwich => ["mixer_norm._scale", "mixer_output_norm._scale", "channel_norm._scale", "channel_output_norm._scale"],
            ResidualStyle.Parallel => ["mixer_norm._scale"],
            ResidualStyle.None => [],
            _ => ["mixer_norm._scale", "channel_norm._scale"],
        };
        Assert.Equal(
            expected.Concat(["mixer_scale", "channel_scale", .. Linear("mixer"), .. Linear("channel_mixer")]).Order(),
            block.state_dict().Keys.Order());

        string[] Linear(string part) => [$"{part}._linear.weight", $"{part}._linear.bias"];
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Every_parameter_of_a_block_is_trained(ResidualStyle style)
    {
        using var block = Block(style, new() { Learned = true }, channels: true);
        Scatter(block);

        (block.Forward(randn(2, 5, D), SequenceContext.Dense) * randn(2, 5, D)).sum().backward();

        Assert.All(block.named_parameters(), each => Assert.True(each.parameter.grad!.abs().max().ToDouble() > 0, each.name));
    }

    [Fact]
    public void A_scale_starts_at_its_value_or_by_the_depth()
    {
        using var given = Block(ResidualStyle.PreNorm, new() { Value = 1e-4, Learned = true }, channels: true);
        using var byDepth = Block(ResidualStyle.PreNorm, new() { Learned = true }, channels: true);

        Assert.True(given.state_dict()["channel_scale"].Equals(full(D, 1e-4f)));
        Assert.True(byDepth.state_dict()["mixer_scale"].allclose(full(D, 1 / Math.Sqrt(2 * Depth)), Tolerance, 0));
    }

    [Fact]
    public void A_block_overrides_the_model()
    {
        var norm = new Component<Sequence.Blocks.Norm>("plain", new object(), _ => new Fixtures.TinyRuns.PlainNorm(D));
        var model = Model(ResidualStyle.Sandwich, new() { Value = 0.3, Learned = true });
        var options = new BlockOptions { Mixer = TinyComponents.Mixer, Norm = norm, Residual = ResidualStyle.PostNorm, ResidualScale = new() { Value = 2 } };
        using var block = new Block(options, model, Context);

        Assert.Equal(ResidualStyle.PostNorm, block.Residual);
        Assert.Equal(
            ["mixer._linear.bias", "mixer._linear.weight", "mixer_norm._norm.bias", "mixer_norm._norm.weight"],
            block.state_dict().Keys.Order(StringComparer.Ordinal));
        var x = randn(2, 1, D);
        var y = x + 2 * Linear(block, "mixer", x);
        Assert.True(nn.functional.layer_norm(y, [D]).allclose(block.Forward(x, SequenceContext.Dense), 1e-5, 1e-5));
    }

    private static ComponentContext Context => new(D, Layer: 0, Depth);

    private static ModelOptions Model(ResidualStyle style, ResidualScale? scale) =>
        new() { DModel = D, Norm = TinyComponents.Norm, Blocks = [], Residual = style, ResidualScale = scale };

    private static Block Block(ResidualStyle style, ResidualScale? scale, bool channels)
    {
        var options = new BlockOptions { Mixer = TinyComponents.Mixer, ChannelMixer = channels ? TinyComponents.ChannelMixer : null };
        return new Block(options, Model(style, scale), Context);
    }

    /// <summary>Moves every weight away from where it starts, so that no two norms or scales are alike.</summary>
    private static void Scatter(Block block)
    {
        using var frozen = no_grad();
        foreach (var parameter in block.parameters())
            parameter.mul_(1 + 0.5 * rand_like(parameter));
    }

    /// <summary>The equations of <see cref="ResidualStyle"/>, one after the other.</summary>
    private static Tensor Expected(ResidualStyle style, ResidualScale? scale, Block block, Tensor x)
    {
        var w = block.state_dict();
        var (mixer, channels) = ((Func<Tensor, Tensor>)(h => Linear(block, "mixer", h)), (Func<Tensor, Tensor>)(h => Linear(block, "channel_mixer", h).tanh()));
        if (style == ResidualStyle.Parallel)
            return w.ContainsKey("channel_mixer._linear.weight")
                ? x + S("mixer") * mixer(N("mixer_norm", x)) + S("channel") * channels(N("mixer_norm", x))
                : x + S("mixer") * mixer(N("mixer_norm", x));

        x = Branch("mixer", mixer, x);
        return w.ContainsKey("channel_mixer._linear.weight") ? Branch("channel", channels, x) : x;

        Tensor Branch(string part, Func<Tensor, Tensor> f, Tensor h) => style switch
        {
            ResidualStyle.PreNorm => h + S(part) * f(N($"{part}_norm", h)),
            ResidualStyle.PostNorm => N($"{part}_norm", h + S(part) * f(h)),
            ResidualStyle.ResPostNorm => h + S(part) * N($"{part}_norm", f(h)),
            ResidualStyle.None => S(part) * f(h),
            _ => h + S(part) * N($"{part}_output_norm", f(N($"{part}_norm", h))),
        };

        Tensor N(string norm, Tensor h) => h * w[$"{norm}._scale"];

        Tensor S(string part) => scale switch
        {
            null => tensor(1f),
            { Learned: true } => w[$"{part}_scale"],
            { Value: { } value } => tensor((float)value),
            _ => tensor((float)(1 / Math.Sqrt(2.0 * Depth))),
        };
    }

    private static Tensor Linear(Block block, string part, Tensor x) =>
        nn.functional.linear(x, block.state_dict()[$"{part}._linear.weight"], block.state_dict()[$"{part}._linear.bias"]);
}
