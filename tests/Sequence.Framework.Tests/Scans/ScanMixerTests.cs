using Sequence.Components;
using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Mixers;
using Sequence.Scans;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>Layers as mixers: their definition under every schedule, from any state, in models.</summary>
[Collection(TensorTests.Name)]
public sealed class ScanMixerTests : IDisposable
{
    private const int Width = 4;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(StateRead.After)]
    [InlineData(StateRead.Before)]
    public void An_affine_layer_reads_its_state_after_or_before_the_token_under_every_schedule(StateRead reads)
    {
        using var mixer = ScanMixers.Of(new Leak(Width, reads)).to(float64);
        var x = Random(2, 100);
        var s = zeros(2, Width, float64);
        var expected = new List<Tensor>();
        for (var t = 0L; t < 100; t++)
        {
            var before = s;
            s = Math.Exp(-0.5) * s + x.select(1, t);
            expected.Add(reads == StateRead.After ? s : before);
        }

        var scheduled = (IScheduledMixer)mixer;
        Assert.Equal(Enum.GetValues<ScanSchedule>(), scheduled.Schedules);
        foreach (var schedule in scheduled.Schedules)
        {
            scheduled.Schedule = schedule;
            Same(stack(expected, 1), mixer.Forward(x, SequenceContext.Dense));
            using var state = mixer.CreateState(2);
            var parts = new[] { x.narrow(1, 0, 1), x.narrow(1, 1, 70), x.narrow(1, 71, 29) }.Select(part => mixer.Advance(part, SequenceContext.Dense, state));
            Same(stack(expected, 1), cat(parts.ToArray(), 1));
        }
    }

    [Theory]
    [InlineData(StateRead.After)]
    [InlineData(StateRead.Before)]
    public void An_affine_layer_reads_nothing_of_the_document_before(StateRead reads)
    {
        using var mixer = ScanMixers.Of(new Leak(Width, reads)).to(float64);
        var x = Random(1, 20);
        var starts = zeros(1, 20, dtype: ScalarType.Bool);
        starts[0, 7] = tensor(true);
        var expected = cat(new[] { x.narrow(1, 0, 7), x.narrow(1, 7, 13) }.Select(document => mixer.Forward(document, SequenceContext.Dense)).ToArray(), 1);
        foreach (var schedule in ((IScheduledMixer)mixer).Schedules)
        {
            ((IScheduledMixer)mixer).Schedule = schedule;
            Same(expected, mixer.Forward(x, new SequenceContext { Starts = starts }));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void A_prefix_layer_is_its_definition_at_every_length_in_every_split(int chunkSize)
    {
        var layer = new Bent(chunkSize, Width);
        using var mixer = ScanMixers.Of(layer);
        foreach (var T in (long[])[1, 2, 7, 8, 9, 63, 64, 65, 100])
        {
            var x = Random(2, T);
            var expected = stack(new[] { layer.ByDefinition(x[0]), layer.ByDefinition(x[1]) }, 0);
            foreach (var schedule in ((IScheduledMixer)mixer).Schedules)
            {
                ((IScheduledMixer)mixer).Schedule = schedule;
                Same(expected, mixer.Forward(x, SequenceContext.Dense));
            }

            foreach (var piece in (long[])[1, 5, T])
            {
                using var state = mixer.CreateState(2);
                var outputs = new List<Tensor>();
                for (var t = 0L; t < T; t += piece)
                    outputs.Add(mixer.Advance(x.narrow(1, t, Math.Min(piece, T - t)), SequenceContext.Dense, state));
                Same(expected, cat(outputs.ToArray(), 1));
                Assert.InRange(state.Bytes, 1, 2 * mixer.Cost.BytesAfter(T));
            }
        }
    }

    [Fact]
    public void A_prefix_layer_goes_on_in_rows_of_different_lengths_and_after_documents()
    {
        var layer = new Bent(3, Width);
        using var mixer = ScanMixers.Of(layer);
        var x = Random(3, 60);
        using var state = mixer.CreateState(3);
        mixer.Advance(x.narrow(1, 0, 30), new SequenceContext { Lengths = [30, 0, 7] }, state);

        var starts = zeros(3, 30, dtype: ScalarType.Bool);
        starts[1, 4] = tensor(true);
        starts[1, 11] = tensor(true);
        var y = mixer.Advance(x.narrow(1, 30, 30), new SequenceContext { Lengths = [30, 20, 1], Starts = starts }, state);

        Assert.Equal([60, 20, 8], state.Positions);
        Same(layer.ByDefinition(x[0]).narrow(0, 30, 30), y[0]);
        Same(layer.ByDefinition(x[1].narrow(0, 30, 4)), y[1].narrow(0, 0, 4));
        Same(layer.ByDefinition(x[1].narrow(0, 34, 7)), y[1].narrow(0, 4, 7));
        Same(layer.ByDefinition(x[1].narrow(0, 41, 9)), y[1].narrow(0, 11, 9));
        Same(layer.ByDefinition(cat(new[] { x[2].narrow(0, 0, 7), x[2].narrow(0, 30, 1) }, 0)).narrow(0, 7, 1), y[2].narrow(0, 0, 1));

        using var joined = MixerState.Join([state, mixer.CreateState(1)]);
        var next = Random(4, 5);
        var z = mixer.Advance(next, SequenceContext.Dense, joined);
        Same(layer.ByDefinition(cat(new[] { x[1].narrow(0, 41, 9), next[1] }, 0)).narrow(0, 9, 5), z[1]);
        Same(layer.ByDefinition(next[3]), z[3]);
    }

    [Fact]
    public void Gradients_go_through_the_tree()
    {
        using var mixer = ScanMixers.Of(new Bent(2, Width));
        var x = Random(1, 23).requires_grad_();
        var weight = Random(1, 23);
        (mixer.Forward(x, SequenceContext.Dense) * weight).sum().backward();
        var meant = x.detach().clone().requires_grad_();
        (new Bent(2, Width).ByDefinition(meant[0]) * weight[0]).sum().backward();
        Same(meant.grad!, x.grad!);
    }

    [Fact]
    public void A_model_s_block_names_its_schedule_and_a_wrong_one_is_refused()
    {
        using var whole = Model(new("leak", new object(), context => ScanMixers.Of(new Leak(context.Width, StateRead.After))), null);
        using var folded = Model(new("leak", new object(), context => ScanMixers.Of(new Leak(context.Width, StateRead.After))), ScanSchedule.Fold);
        Assert.Equal(ScanSchedule.Fold, ((IScheduledMixer)folded.Mixers[0]).Schedule);
        var tokens = randint(5, new long[] { 2, 30 }, dtype: ScalarType.Int64);
        var (expected, actual) = (whole.Forward(tokens, SequenceContext.Dense), folded.Forward(tokens, SequenceContext.Dense));
        Assert.True(expected.allclose(actual, Tolerances.LayerRelative, Tolerances.LayerAbsolute));

        var bent = new Component<SequenceMixer>("bent", new object(), context => ScanMixers.Of(new Bent(2, context.Width)));
        var refusal = Assert.Throws<ModelException>(() => Model(bent, ScanSchedule.Tree));
        Assert.Contains("\"tree\"", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("associative", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("not a scan", Assert.Throws<ModelException>(() => Model(TinyComponents.Mixer, ScanSchedule.Fold)).Message, StringComparison.Ordinal);
    }

    private static SequenceModel Model(Component<SequenceMixer> mixer, ScanSchedule? schedule)
    {
        manual_seed(4);
        return new(
            new ModelOptions { DModel = Width, Norm = TinyComponents.Norm, Blocks = [new BlockOptions { Mixer = mixer, Schedule = schedule }] },
            new ModelInterface(5, 5, TargetKind.Token));
    }

    private static Tensor Random(long B, long T)
    {
        manual_seed(T);
        return randn(B, T, Width, float64);
    }

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().ToDouble(), 0, Tolerances.Float64);
    }
}
