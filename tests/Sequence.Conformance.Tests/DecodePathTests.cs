using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>A step of a whole model in place is an Advance by one token, and makes nothing.</summary>
public sealed class DecodePathTests : IDisposable
{
    private const int Vocabulary = 17;

    /// <summary>A width that every variant goes with.</summary>
    private const int VariantWidth = 64;

    /// <summary>The mixers that step in place: one that no longer does is not passed over.</summary>
    private static readonly string[] Promised = ["gla", "linear-attention", "mamba", "mamba2", "mingru", "mipt", "mlstm"];

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<ResidualStyle> Styles => [.. Enum.GetValues<ResidualStyle>()];

    public static TheoryData<string> Steppable => [.. SteppableMixers.Select(variant => variant.Component.Name).Union(Promised)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Styles))]
    public void Steps_give_what_advancing_by_one_token_gives(ResidualStyle style)
    {
        var blocks = SteppableMixers.Select((variant, index) => (index % 3) switch
        {
            0 => $$"""{ "mixer": {{variant.Text}}, "channelMixer": "swiglu" }""",
            1 => $$"""{ "mixer": {{variant.Text}}, "channelMixer": "mlp", "norm": "layer", "residualScale": { "learned": true, "value": 0.3 } }""",
            _ => $$"""{ "mixer": {{variant.Text}}, "residualScale": { "value": 0.7 } }""",
        });
        using var model = Build($$""" "residual": "{{Kebab(style)}}", "learnedPositions": 40, "blocks": [{{string.Join(", ", blocks)}}] """, ScalarType.Float64);
        Agree(model, rows: 3, seen: 11, steps: 9);
    }

    [Theory]
    [MemberData(nameof(Steppable))]
    public void Each_mixer_steps_as_it_advances_in_float32(string mixer)
    {
        Assert.All(Variants(mixer), variant =>
        {
            using var model = Build($$""" "tieEmbeddings": false, "blocks": [{ "repeat": 2, "mixer": {{variant.Text}} }] """, ScalarType.Float32, VariantWidth);

            Assert.Null(model.StepRefusal);
            Agree(model, rows: 1, seen: 0, steps: 5);
        });
    }

#if TORCH_SYSTEM
    [Theory]
    [MemberData(nameof(Steppable))]
    public void A_warm_step_allocates_nothing_and_makes_no_tensors(string mixer)
    {
        Assert.All(Variants(mixer), variant =>
        {
            using var model = Build($$""" "blocks": [{ "repeat": 2, "mixer": {{variant.Text}}, "channelMixer": "swiglu" }] """, ScalarType.Float32, VariantWidth);
            using var path = model.CreateDecodePath();
            using var state = model.CreateState(2);
            long[] tokens = [3, 5];
            for (var step = 0; step < 100; step++)
                path.Step(tokens, state);

            var (bytes, tensors) = (GC.GetAllocatedBytesForCurrentThread(), Tensor.TotalCount);
            for (var step = 0; step < 100; step++)
                path.Step(tokens, state);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;

            Assert.Equal(0, allocated);
            Assert.Equal(tensors, Tensor.TotalCount);
            Assert.All(state.Layers, layer => Assert.Equal([200, 200], layer.Positions));
        });
    }
#endif

    [Fact]
    public void Parameters_that_change_or_move_between_steps_are_the_ones_used()
    {
        using var model = Build("\"blocks\": [{ \"mixer\": \"mamba\" }, { \"mixer\": \"mipt\" }]", ScalarType.Float32);
        using var path = model.CreateDecodePath();
        using (var state = model.CreateState(1))
            path.Step([1], state);

        using (no_grad())
        {
            foreach (var parameter in model.parameters())
                parameter.add_(0.01);
        }

        Agree(model, path, rows: 1, seen: 3, steps: 3);
        model.to(ScalarType.Float64);
        Agree(model, path, rows: 2, seen: 3, steps: 3);
        model.to(ScalarType.BFloat16);
        using var narrow = model.CreateState(2);
        Assert.Contains("bfloat16", Assert.Throws<NotSupportedException>(() => path.Step([1, 2], narrow)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_put_to_training_between_two_steps_takes_none_until_it_is_back()
    {
        using var model = Build("\"dropout\": 0.5, \"blocks\": [{ \"mixer\": \"mipt\" }]", ScalarType.Float32);
        using var path = model.CreateDecodePath();
        using var state = model.CreateState(1);
        path.Step([1], state);

        model.train();
        Assert.Contains("in training, with dropout", Assert.Throws<NotSupportedException>(() => path.Step([2], state)).Message, StringComparison.Ordinal);
        Assert.All(state.Layers, layer => Assert.Equal([1], layer.Positions));

        model.eval();
        path.Step([2], state);
        Assert.All(state.Layers, layer => Assert.Equal([2], layer.Positions));
    }

    [Fact]
    public void A_scan_whose_schedule_is_set_between_two_steps_takes_none_until_it_is_set_back()
    {
        using var model = Build("\"blocks\": [{ \"mixer\": \"mamba\" }, { \"mixer\": \"mipt\" }]", ScalarType.Float32);
        using var path = model.CreateDecodePath();
        using var state = model.CreateState(1);
        path.Step([1], state);
        var scan = (IScheduledMixer)model.Mixers[1];

        scan.Schedule = ScanSchedule.Fold;
        Assert.Contains("mipt runs under the schedule fold", Assert.Throws<NotSupportedException>(() => path.Step([2], state)).Message, StringComparison.Ordinal);
        Assert.All(state.Layers, layer => Assert.Equal([1], layer.Positions));

        scan.Schedule = ScanSchedule.Auto;
        path.Step([2], state);
        Assert.All(state.Layers, layer => Assert.Equal([2], layer.Positions));
    }

    [Fact]
    public void A_model_with_a_part_that_has_no_step_says_which()
    {
        using var model = Build("\"blocks\": [{ \"mixer\": \"mamba\" }, { \"mixer\": \"attention\" }]", ScalarType.Float32);
        using var path = model.CreateDecodePath();
        using var state = model.CreateState(1);

        Assert.Equal("attention has no step in place", model.StepRefusal);
        Assert.Contains("attention has no step in place", Assert.Throws<NotSupportedException>(() => path.Step([1], state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_and_positions_outside_of_their_tables_are_refused()
    {
        using var model = Build("\"learnedPositions\": 2, \"blocks\": [{ \"mixer\": \"mipt\" }]", ScalarType.Float32);
        using var path = model.CreateDecodePath();
        using var state = model.CreateState(1);

        Assert.Throws<ArgumentOutOfRangeException>(() => path.Step([Vocabulary], state));
        path.Step([0], state);
        path.Step([1], state);
        Assert.Equal("learnedPositions", Assert.Throws<ModelException>(() => path.Step([2], state)).Key);
    }

    /// <summary>The first variant of every mixer that has a step.</summary>
    private static IReadOnlyList<Variant> SteppableMixers { get; } =
    [
        .. VariantFile.Of<SequenceMixer>(Installed.Host).GroupBy(variant => variant.Component.Name).Select(variants => variants.First()).Where(variant =>
        {
            using var model = Build($$""" "blocks": [{ "mixer": {{variant.Text}} }] """, ScalarType.Float32);
            return model.StepRefusal is null;
        }),
    ];

    private static IReadOnlyList<Variant> Variants(string mixer) => VariantFile.Of(
        Installed.Host, Installed.Host.Components.All.Single(component => component.Kind == typeof(SequenceMixer) && component.Name == mixer));

    private static void Agree(SequenceModel model, int rows, int seen, int steps)
    {
        using var path = model.CreateDecodePath();
        Agree(model, path, rows, seen, steps);
    }

    private static void Agree(SequenceModel model, DecodePath path, int rows, int seen, int steps)
    {
        var tokens = (arange(rows * (seen + steps)) * 7 % Vocabulary).view(rows, seen + steps);
        using var advanced = model.CreateState(rows);
        if (seen > 0)
            model.Advance(tokens.narrow(1, 0, seen), SequenceContext.Dense, advanced);
        using var stepped = advanced.Fork();
        for (var t = seen; t < seen + steps; t++)
        {
            var token = tokens.narrow(1, t, 1);
            var expected = model.Advance(token, SequenceContext.Dense, advanced).squeeze(1);
            var actual = path.Step(token.contiguous().data<long>().ToArray(), stepped);
            Tolerance.Same(expected, actual);
            foreach (var (left, right) in advanced.Layers.SelectMany(layer => layer.Tensors).Zip(stepped.Layers.SelectMany(layer => layer.Tensors)))
                Tolerance.Same(left, right);
        }
    }

    /// <summary>A model with norms and scales moved away from where they start.</summary>
    private static SequenceModel Build(string keys, ScalarType dtype, int width = Rows.Width)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $$"""{ "dModel": {{width}}, "norm": "rms", {{keys}} }""");
            manual_seed(3);
            var model = new SequenceModel(Installed.Host.Load<ModelOptions>(file, []), new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token));
            model.to(dtype);
            model.eval();
            using var frozen = no_grad();
            using var scope = NewDisposeScope();
            foreach (var parameter in model.parameters().Where(parameter => parameter.dim() == 1))
                parameter.mul_(1 + 0.2 * rand_like(parameter));
            return model;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Kebab(ResidualStyle style) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName($"{style}");
}
