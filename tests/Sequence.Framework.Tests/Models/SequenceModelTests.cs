using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

public sealed class SequenceModelTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private static readonly ModelInterface Language = new(Vocabulary: 11, Classes: 11, TargetKind.Token);
    private static readonly ModelInterface Labels = new(Vocabulary: 11, Classes: 3, TargetKind.Sequence);

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Token_targets_score_every_token_and_sequence_targets_every_sequence()
    {
        using var language = new SequenceModel(Options(), Language);
        using var labels = new SequenceModel(Options() with { ReadOut = TinyComponents.ReadOut }, Labels);

        Assert.Equal([2, 7, 11], language.Forward(Tokens(2, 7), SequenceContext.Dense).shape);
        Assert.Equal([2, 3], labels.Forward(Tokens(2, 7), SequenceContext.Dense).shape);
    }

    [Fact]
    public void Tied_embeddings_are_one_parameter_with_both_gradients()
    {
        using var tied = new SequenceModel(Options(), Language);
        using var untied = new SequenceModel(Options() with { TieEmbeddings = false }, Language);

        Assert.Equal(untied.ParameterCount - 11 * 8, tied.ParameterCount);
        Assert.DoesNotContain("head.weight", tied.state_dict().Keys);
        Assert.Contains("head.weight", untied.state_dict().Keys);
        Assert.Single(tied.named_parameters(), each => each.name == "embedding");

        // token 10 is not in the input, so its row gets a gradient through the head only; an untied table gets none there
        foreach (var (model, reached) in ((SequenceModel, bool)[])[(tied, true), (untied, false)])
        {
            nn.functional.cross_entropy(model.Forward(Tokens(1, 5).clamp_max(9), SequenceContext.Dense).view(5, 11), ones(5, int64)).backward();
            var gradient = model.named_parameters().Single(each => each.name == "embedding").parameter.grad!;
            Assert.Equal(reached, gradient[10].abs().max().ToDouble() > 0);
        }
    }

    [Fact]
    public void Parameters_have_these_names()
    {
        using var model = new SequenceModel(Options() with { LearnedPositions = 16, ReadOut = TinyComponents.ReadOut }, Labels);

        string[] expected =
        [
            "embedding", "positions",
            .. ((int[])[0, 1]).SelectMany(layer => (string[])
            [
                $"blocks.{layer}.mixer_norm._scale", $"blocks.{layer}.mixer._linear.weight", $"blocks.{layer}.mixer._linear.bias",
                $"blocks.{layer}.channel_norm._scale", $"blocks.{layer}.channel_mixer._linear.weight", $"blocks.{layer}.channel_mixer._linear.bias",
            ]),
            "norm._scale", "head.weight", "head.bias",
        ];
        Assert.Equal(expected.Order(), model.state_dict().Keys.Order());
        Assert.Equal(expected.Order(), model.named_parameters().Select(each => each.name).Order());
    }

    [Fact]
    public void A_state_dict_makes_another_model_the_same()
    {
        manual_seed(1);
        using var first = new SequenceModel(Options() with { LearnedPositions = 16 }, Language);
        manual_seed(2);
        using var second = new SequenceModel(Options() with { LearnedPositions = 16 }, Language);
        var expected = first.Forward(Tokens(2, 9), SequenceContext.Dense);
        Assert.False(expected.Equals(second.Forward(Tokens(2, 9), SequenceContext.Dense)));

        second.load_state_dict(first.state_dict());

        Assert.True(expected.Equals(second.Forward(Tokens(2, 9), SequenceContext.Dense)));
    }

    [Fact]
    public void Every_parameter_gets_a_gradient()
    {
        using var model = new SequenceModel(Options() with { LearnedPositions = 16, TieEmbeddings = false, Dropout = 0.1 }, Language);
        model.train();

        nn.functional.cross_entropy(model.Forward(Tokens(4, 9), SequenceContext.Dense).view(36, 11), Tokens(4, 9).flatten()).backward();

        Assert.All(model.named_parameters(), each => Assert.True(each.parameter.grad!.abs().max().ToDouble() > 0, each.name));
    }

    [Theory]
    [InlineData(TargetKind.Token, true)]
    [InlineData(TargetKind.Token, false)]
    [InlineData(TargetKind.Sequence, false)]
    public void The_loss_is_the_cross_entropy_of_forward_with_its_gradients(TargetKind kind, bool tied)
    {
        using var model = new SequenceModel(
            Options() with { TieEmbeddings = tied, ReadOut = kind == TargetKind.Sequence ? TinyComponents.ReadOut : null }, kind == TargetKind.Token ? Language : Labels);
        var targets = kind == TargetKind.Token ? Tokens(4, 9).masked_fill(Tokens(4, 9).eq(3), Example.Ignored) : tensor(new long[] { 2, 0, Example.Ignored, 1 });

        List<Tensor> Gradients(Func<Tensor> loss)
        {
            model.zero_grad();
            var value = loss();
            value.backward();
            return [value, .. model.parameters().Select(parameter => parameter.grad!.clone())];
        }

        var expected = Gradients(() =>
        {
            var logits = model.Forward(Tokens(4, 9), SequenceContext.Dense);
            return nn.functional.cross_entropy(logits.view(-1, logits.shape[^1]), targets.flatten(), ignore_index: Example.Ignored);
        });
        var actual = Gradients(() => model.Loss(Tokens(4, 9), SequenceContext.Dense, targets, nn.Reduction.Mean));
        foreach (var (e, a) in expected.Zip(actual))
            Assert.True(a.allclose(e, rtol: Tolerance, atol: Tolerance));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(70)]
    public void Advance_in_ragged_pieces_equals_forward(int? learnedPositions)
    {
        using var model = new SequenceModel(Options() with { LearnedPositions = learnedPositions }, Language);
        long[] lengths = [65, 1, 40];
        var tokens = Tokens(3, 65);
        var done = new long[3];
        var random = new Random(1);
        using var state = model.CreateState(3);
        while (done.Zip(lengths).Any(row => row.First < row.Second))
        {
            var take = lengths.Select((length, row) => Math.Min(length - done[row], random.Next(0, 9))).ToArray();
            var t = Math.Max(1, take.Max()) + 1;
            var piece = zeros(3, t, int64);
            for (var row = 0; row < 3; row++)
                piece[row].narrow(0, 0, take[row]).copy_(tokens[row].narrow(0, done[row], take[row]));

            var logits = model.Advance(piece, new SequenceContext { Lengths = take }, state);

            for (var row = 0; row < 3; row++)
            {
                var alone = model.Forward(tokens[row].narrow(0, 0, lengths[row]).unsqueeze(0), SequenceContext.Dense)[0];
                Assert.True(alone.narrow(0, done[row], take[row]).allclose(logits[row].narrow(0, 0, take[row]), Tolerance, Tolerance));
                done[row] += take[row];
            }
        }

        Assert.All(state.Layers, layer => Assert.Equal(lengths, layer.Positions));
    }

    [Fact]
    public void Learned_positions_restart_with_documents()
    {
        using var model = new SequenceModel(Options() with { LearnedPositions = 10 }, Language);
        var tokens = Tokens(1, 14);
        var starts = tensor(Enumerable.Range(0, 14).Select(t => t is 0 or 6).ToArray()).unsqueeze(0);

        var packed = model.Forward(tokens, new SequenceContext { Starts = starts });
        var alone = cat(new[] { model.Forward(tokens.narrow(1, 0, 6), SequenceContext.Dense), model.Forward(tokens.narrow(1, 6, 8), SequenceContext.Dense) }, 1);
        using var state = model.CreateState(1);
        var advanced = cat(
            new[] { (0L, 5L), (5L, 9L) }.Select(piece => model.Advance(
                tokens.narrow(1, piece.Item1, piece.Item2),
                new SequenceContext { Starts = starts.narrow(1, piece.Item1, piece.Item2) },
                state)).ToArray(),
            1);

        Assert.True(alone.allclose(packed, Tolerance, Tolerance));
        Assert.True(alone.allclose(advanced, Tolerance, Tolerance));
    }

    [Fact]
    public void Forked_and_gathered_states_go_on_as_their_own()
    {
        using var model = new SequenceModel(Options() with { LearnedPositions = 20 }, Language);
        var tokens = Tokens(2, 12);
        using var state = model.CreateState(2);
        model.Advance(tokens.narrow(1, 0, 5), new SequenceContext { Lengths = [5, 3] }, state);
        using var fork = state.Fork();
        using var second = state.Gather([1]);

        Assert.Equal(state.Bytes, fork.Bytes);
        Assert.Equal(state.Bytes / 2, second.Bytes);
        model.Advance(Tokens(2, 3) + 1, SequenceContext.Dense, fork);
        var logits = model.Advance(tokens[1].narrow(0, 3, 4).unsqueeze(0), SequenceContext.Dense, second);

        Assert.True(model.Forward(tokens.narrow(0, 1, 1), SequenceContext.Dense).narrow(1, 3, 4).allclose(logits, Tolerance, Tolerance));
        Assert.Equal([5, 3], state.Layers[0].Positions);
        Assert.Equal([8, 6], fork.Layers[0].Positions);
    }

    [Fact]
    public void State_bytes_are_those_of_the_mixers()
    {
        using var model = new SequenceModel(Options(), Language);
        using var state = model.CreateState(3);
        Assert.Equal(2, model.Mixers.Count);
        Assert.Equal(2 * 8 * sizeof(float), model.StateBytesAfter(1_000));
        Assert.Equal(3 * model.StateBytesAfter(0), state.Bytes);
    }

    [Fact]
    public void A_read_out_is_needed_for_sequence_targets_and_refused_for_token_targets()
    {
        var missing = Assert.Throws<ModelException>(() => new SequenceModel(Options(), Labels));
        var refused = Assert.Throws<ModelException>(() => new SequenceModel(Options() with { ReadOut = TinyComponents.ReadOut }, Language));
        Assert.Equal("readOut", missing.Key);
        Assert.Contains("'first'", refused.Message, StringComparison.Ordinal);

        using var labels = new SequenceModel(Options() with { ReadOut = TinyComponents.ReadOut }, Labels);
        using var state = labels.CreateState(1);
        Assert.Throws<ModelException>(() => labels.Advance(Tokens(1, 2), SequenceContext.Dense, state));
    }

    [Fact]
    public void A_sequence_longer_than_the_learned_positions_is_refused_and_leaves_the_state_alone()
    {
        using var model = new SequenceModel(Options() with { LearnedPositions = 8 }, Language);
        Assert.Equal("learnedPositions", Assert.Throws<ModelException>(() => model.Forward(Tokens(1, 9), SequenceContext.Dense)).Key);

        using var state = model.CreateState(1);
        model.Advance(Tokens(1, 7), SequenceContext.Dense, state);
        Assert.Throws<ModelException>(() => model.Advance(Tokens(1, 2), SequenceContext.Dense, state));
        model.Advance(Tokens(1, 1), SequenceContext.Dense, state);
        Assert.Equal([8], state.Layers[0].Positions);
    }

    [Fact]
    public void A_component_that_does_not_fit_is_named_by_its_block()
    {
        var options = Options();
        options = options with { Blocks = [.. options.Blocks, new BlockOptions { Mixer = TinyComponents.Picky }] };

        var problem = Assert.Throws<ModelException>(() => new SequenceModel(options, Language));

        Assert.Equal("model.blocks[1]: heads: 5 does not divide the model width 8.", problem.Message);
    }

    private static ModelOptions Options() => new()
    {
        DModel = 8,
        Norm = TinyComponents.Norm,
        Blocks = [new BlockOptions { Repeat = 2, Mixer = TinyComponents.Mixer, ChannelMixer = TinyComponents.ChannelMixer }],
    };

    /// <summary>Ids 0..9 in a fixed pattern.</summary>
    private static Tensor Tokens(long B, long T) => (arange(B * T) * 7 % 10).view(B, T);
}
