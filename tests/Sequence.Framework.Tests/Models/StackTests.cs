using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>Stacks of blocks that repeat, with weights tied or not.</summary>
[Collection(Training.TensorTests.Name)]
public sealed class StackTests : IDisposable
{
    private const int D = 8;
    private const int Vocabulary = 11;
    private const double Tolerance = 1e-5;

    // a norm, a mixer and a channel mixer of TinyComponents
    private const int NormSize = D;
    private const int LinearSize = D * D + D;
    private const int BareSize = NormSize + LinearSize;
    private const int BlockSize = 2 * BareSize;

    private static readonly ModelInterface Language = new(Vocabulary, Vocabulary, TargetKind.Token);

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false, false, 3 * (BlockSize + 2 * BareSize))]
    [InlineData(true, false, BlockSize + 2 * BareSize)]
    [InlineData(false, true, 3 * BlockSize + BareSize)]
    [InlineData(true, true, BlockSize + BareSize)]
    public void Shared_weights_are_counted_registered_and_saved_once(bool pattern, bool block, int blocks)
    {
        using var model = Model(Pattern(pattern, block));

        Assert.Equal(Vocabulary * D + blocks + NormSize, model.ParameterCount);
        Assert.Equal(model.ParameterCount, model.state_dict().Values.Sum(value => value.numel()));
        Assert.Equal(model.state_dict().Keys.Order(), model.named_parameters().Select(each => each.name).Order());
        Assert.Equal(model.parameters().Count(), model.parameters().Select(parameter => parameter.Handle).Distinct().Count());
        Assert.Equal(9, model.Mixers.Count);
    }

    [Fact]
    public void The_gradient_of_shared_weights_is_the_sum_over_their_depths()
    {
        using var tied = Model(Pattern(pattern: true, block: true));
        using var untied = Model(Pattern(pattern: false, block: false));
        var shared = tied.state_dict();
        var copies = untied.Layers.ToDictionary(layer => $"blocks.{layer.Block}.", layer => $"blocks.{tied.Layers[layer.Depth].Block}.");
        var origin = untied.state_dict().Keys.ToDictionary(
            name => name,
            name => copies.Keys.SingleOrDefault(copy => name.StartsWith(copy, StringComparison.Ordinal)) is { } copy ? copies[copy] + name[copy.Length..] : name);
        untied.load_state_dict(untied.state_dict().Keys.ToDictionary(name => name, name => shared[origin[name]]));

        foreach (var model in (SequenceModel[])[tied, untied])
            nn.functional.cross_entropy(model.Forward(Tokens(2, 7), SequenceContext.Dense).view(14, Vocabulary), Tokens(2, 7).flatten()).backward();

        var gradients = untied.named_parameters().ToLookup(each => origin[each.name], each => each.parameter.grad!);
        Assert.All(tied.named_parameters(), each =>
        {
            var sum = stack(gradients[each.name].ToArray(), 0).sum([0]);
            Assert.True(sum.abs().max().ToDouble() > 0, each.name);
            Assert.True(sum.allclose(each.parameter.grad!, Tolerance, 1e-7), each.name);
        });
        Assert.Equal(6, gradients["blocks.1.mixer._linear.weight"].Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_depth_has_a_state_of_its_own(bool tied)
    {
        using var model = Model(Pattern(tied, tied));
        using var state = model.CreateState(2);

        model.Advance(Tokens(2, 5), SequenceContext.Dense, state);

        Assert.Equal(9, state.Layers.Count);
        Assert.Equal(9, state.Layers.Select(layer => layer.Tensors[0].Handle).Distinct().Count());
        Assert.All(state.Layers, layer => Assert.Equal([5, 5], layer.Positions));
        Assert.Equal(9 * D * sizeof(float), model.StateBytesAfter(1_000));
        Assert.Equal(2 * model.StateBytesAfter(5), state.Bytes);
        for (var depth = 1; depth < 9; depth++)
            Assert.False(state.Layers[0].Tensors[0].allclose(state.Layers[depth].Tensors[0], Tolerance, Tolerance), $"depth {depth}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shared_weights_come_back_from_a_file(bool tied)
    {
        using var first = Model(Pattern(tied, tied));
        using var second = Model(Pattern(tied, tied));
        using var file = new MemoryStream();
        var expected = first.Forward(Tokens(2, 9), SequenceContext.Dense);
        Assert.False(expected.Equals(second.Forward(Tokens(2, 9), SequenceContext.Dense)));

        Training.Safetensors.Write(file, first.state_dict());
        file.Position = 0;
        Training.TensorSet.Copy(Training.Safetensors.Read(file), second.state_dict(), "model");

        Assert.True(expected.Equals(second.Forward(Tokens(2, 9), SequenceContext.Dense)));
    }

    [Fact]
    public void Tied_and_untied_stacks_are_not_read_as_each_other()
    {
        using var tied = Model(Pattern(pattern: true, block: false));
        using var untied = Model(Pattern(pattern: false, block: false));

        Assert.Throws<InvalidDataException>(() => Training.TensorSet.Copy(tied.state_dict(), untied.state_dict(), "model"));
        Assert.Throws<InvalidDataException>(() => Training.TensorSet.Copy(untied.state_dict(), tied.state_dict(), "model"));
    }

    /// <summary>Results that were measured before depend on the order of the draws: embedding, then each block's mixer and channel mixer, then the head.</summary>
    [Fact]
    public void Weights_are_drawn_block_by_block_and_named_by_depth()
    {
        var options = Options(
            new BlockOptions { Repeat = 2, Mixer = TinyComponents.Mixer, ChannelMixer = TinyComponents.ChannelMixer },
            new BlockOptions { Mixer = TinyComponents.Mixer });
        manual_seed(5);
        using var model = new SequenceModel(options with { TieEmbeddings = false, LearnedPositions = 6 }, Language);

        manual_seed(5);
        var expected = new Dictionary<string, Tensor>
        {
            ["embedding"] = empty(Vocabulary, D).normal_(0, 0.02),
            ["positions"] = empty(6, D).normal_(0, 0.02),
        };
        foreach (var name in (string[])["blocks.0.mixer", "blocks.0.channel_mixer", "blocks.1.mixer", "blocks.1.channel_mixer", "blocks.2.mixer"])
        {
            var linear = nn.Linear(D, D);
            (expected[$"{name}._linear.weight"], expected[$"{name}._linear.bias"]) = (linear.weight!, linear.bias!);
        }

        foreach (var norm in (string[])["blocks.0.mixer_norm", "blocks.0.channel_norm", "blocks.1.mixer_norm", "blocks.1.channel_norm", "blocks.2.mixer_norm", "norm"])
            expected[$"{norm}._scale"] = ones(D);
        expected["head.weight"] = nn.Linear(D, Vocabulary, hasBias: false).weight!;

        var weights = model.state_dict();
        Assert.Equal(expected.Keys.Order(), weights.Keys.Order());
        Assert.All(expected, each => Assert.True(each.Value.Equals(weights[each.Key]), each.Key));
    }

    [Fact]
    public void The_layers_say_what_was_built()
    {
        using var model = Model(
            Pattern(pattern: false, block: true),
            new BlockOptions { Mixer = TinyComponents.Mixer, Residual = ResidualStyle.Sandwich, ResidualScale = new() { Learned = true } });
        var layers = model.Layers;

        Assert.Equal(Enumerable.Range(0, 10), layers.Select(layer => layer.Depth));
        Assert.Equal([0, 1, 1, 2, 1, 1, 3, 1, 1, 4], layers.Select(layer => layer.Block));
        Assert.Equal([1, 2, 4, 5, 7, 8], layers.Where(layer => layer.IsShared).Select(layer => layer.Depth));
        Assert.Equal([BlockSize, BareSize, BareSize], layers.Take(3).Select(layer => (int)layer.Parameters));
        Assert.Equal(BareSize + NormSize + D, layers[9].Parameters);
        Assert.Equal((ResidualStyle.PreNorm, ResidualStyle.Sandwich), (layers[8].Residual, layers[9].Residual));
        Assert.Equal("blocks[1]", layers[9].Key);
        Assert.Equal(model.Mixers, layers.Select(layer => layer.Mixer));
    }

    [Fact]
    public void A_component_that_does_not_fit_is_named_by_its_place_in_the_pattern()
    {
        var problem = Assert.Throws<ModelException>(() => Model(new BlockOptions
        {
            Repeat = 2,
            Pattern = [new BlockOptions { Mixer = TinyComponents.Mixer }, new BlockOptions { Mixer = TinyComponents.Picky }],
        }));

        Assert.Equal("model.blocks[0].pattern[1]: heads: 5 does not divide the model width 8.", problem.Message);
    }

    /// <summary>Three rounds of a whole block and two bare ones.</summary>
    private static BlockOptions Pattern(bool pattern, bool block) => new()
    {
        Repeat = 3,
        Tied = pattern,
        Pattern =
        [
            new BlockOptions { Mixer = TinyComponents.Mixer, ChannelMixer = TinyComponents.ChannelMixer },
            new BlockOptions { Repeat = 2, Tied = block, Mixer = TinyComponents.Mixer },
        ],
    };

    private static ModelOptions Options(params BlockOptions[] blocks) => new() { DModel = D, Norm = TinyComponents.Norm, Blocks = blocks };

    private static SequenceModel Model(params BlockOptions[] blocks) => new(Options(blocks), Language);

    /// <summary>Ids 0..9 in a fixed pattern.</summary>
    private static Tensor Tokens(long B, long T) => (arange(B * T) * 7 % 10).view(B, T);
}
