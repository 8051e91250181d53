using System.Runtime.InteropServices;
using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Framework.Sessions;
using Sequence.Kernels.Registry;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>
/// A step that is captured once and replayed is an Advance by one token. On the CPU what was captured is run again as it is, which shows all but the
/// graph: that a step reads and writes the same memory each time, and takes nothing from the host.
/// </summary>
public sealed class ReplayedStepTests : IDisposable
{
    /// <summary>One that every variant goes with.</summary>
    private const int Width = 64;

    /// <summary>The mixers whose steps are replayed: one that no longer is is not passed over.</summary>
    private static readonly string[] Promised = ["gla", "linear-attention", "mamba", "mamba2", "mingru", "mipt", "mlstm"];

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Mixers =>
        [.. VariantFile.Of<SequenceMixer>(Installed.Host).Where(variant => Promised.Contains(variant.Component.Name)).Select(variant => variant.Text)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Replays_give_what_advancing_by_one_token_gives(string mixer)
    {
        foreach (var kernels in (KernelPreference[])[KernelPreference.Auto, KernelPreference.Reference])
        {
            using var preferred = KernelScope.Prefer(kernels);
            using var model = LanguageModels.Build(mixer, width: Width);
            var captures = new Captures();
            using var path = new DecodePath(model, captures.Capture);
            Agree(model, path, rows: 3, seen: 11, steps: 9);
            Assert.Equal(1, captures.Count);
            Assert.Null(path.Fallback);
        }
    }

    [Fact]
    public void Every_mixer_that_may_be_replayed_is_promised()
    {
        foreach (var variant in VariantFile.Of<SequenceMixer>(Installed.Host))
        {
            using var model = LanguageModels.Build(variant.Text, width: Width);
            Assert.Equal(Promised.Contains(variant.Component.Name), model.ReplayRefusal is null);
        }
    }

    [Theory]
    [InlineData("\"attention\"", "attention keeps entries of tokens, whose number changes")]
    [InlineData("\"psm\"", "psm decides on the host what a token does")]
    public void A_model_whose_steps_differ_says_which_part(string mixer, string reason)
    {
        using var model = LanguageModels.Build(mixer, width: Width);
        using var path = new DecodePath(model, new Captures().Capture);
        using var state = model.CreateState(1);
        Assert.Equal(reason, model.ReplayRefusal);
        Assert.Contains(reason, Assert.Throws<NotSupportedException>(() => path.Step([1], state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_with_other_tensors_is_captured_anew_and_the_first_one_left_alone()
    {
        using var model = LanguageModels.Build("\"mamba\"");
        var captures = new Captures();
        using var path = new DecodePath(model, captures.Capture);
        using var first = model.CreateState(2);
        path.Step([1, 2], first);
        using var kept = first.Fork();

        using var other = first.Gather([1]);
        path.Step([3], other);
        Assert.Equal(2, captures.Count);
        Assert.All(first.Layers.Zip(kept.Layers), pair => Assert.All(pair.First.Tensors.Zip(pair.Second.Tensors), each => Tolerance.Exactly(each.Second, each.First)));

        Agree(model, path, rows: 2, seen: 3, steps: 3);
    }

    [Fact]
    public void Parameters_that_change_in_place_are_used_and_those_that_move_are_captured_anew()
    {
        using var model = LanguageModels.Build("\"mipt\"");
        var captures = new Captures();
        using var path = new DecodePath(model, captures.Capture);
        using var state = model.CreateState(1);
        path.Step([1], state);
        using (no_grad())
        {
            foreach (var parameter in model.parameters())
                parameter.add_(0.01);
        }

        using var advanced = state.Fork();
        var expected = model.Advance(tensor((long[])[2], [1, 1]), SequenceContext.Dense, advanced).squeeze(1);
        Tolerance.Same(expected, path.Step([2], state));
        Assert.Equal(1, captures.Count);

        model.to(ScalarType.Float64);
        Agree(model, path, rows: 1, seen: 2, steps: 2);
        Assert.Equal(2, captures.Count);
    }

    [Fact]
    public void A_step_that_cannot_be_captured_is_advanced_and_says_so()
    {
        using var model = LanguageModels.Build("\"gla\"");
        using var path = new DecodePath(model, _ => throw new NotCapturable());
        Agree(model, path, rows: 2, seen: 5, steps: 3);
        Assert.Contains("operation not permitted", path.Fallback!.WhyNotFused!, StringComparison.Ordinal);

        using var demanded = KernelScope.Prefer(KernelPreference.Fused);
        using var strict = new DecodePath(model, _ => throw new NotCapturable());
        using var state = model.CreateState(1);
        Assert.Throws<KernelException>(() => strict.Step([1], state));
    }

    [Fact]
    public void Positions_and_tokens_come_from_buffers_and_are_held_to_their_tables()
    {
        var options = LanguageModels.Written(
            """{ "dModel": 24, "norm": "rms", "learnedPositions": 6, "blocks": [{ "mixer": "mingru", "channelMixer": "mlp" }] }""", file => Installed.Host.Load<ModelOptions>(file, []));
        using var model = new SequenceModel(options, new ModelInterface(LanguageModels.Vocabulary, LanguageModels.Vocabulary, Tasks.TargetKind.Token));
        model.eval();
        using var path = new DecodePath(model, new Captures().Capture);
        Agree(model, path, rows: 2, seen: 2, steps: 4);
        using var state = model.CreateState(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => path.Step([LanguageModels.Vocabulary], state));
        for (var step = 0; step < 6; step++)
            path.Step([1], state);
        Assert.Equal("learnedPositions", Assert.Throws<ModelException>(() => path.Step([2], state)).Key);
    }

    [EmulatedGpuTheory]
    [Trait("Device", "cuda")]
    [MemberData(nameof(Mixers))]
    public void A_step_does_what_a_graph_can_hold(string mixer)
    {
        using var model = LanguageModels.Build(mixer, width: Width);
        model.to(CUDA);
        using var path = new DecodePath(model, new Captures(EmulatedGpu.Capture).Capture);
        Agree(model, path, rows: 3, seen: 11, steps: 9);
        Assert.Null(path.Fallback);
    }

    [CudaGraphTheory]
    [Trait("Device", "cuda")]
    [MemberData(nameof(Mixers))]
    public void A_graph_gives_what_advancing_by_one_token_gives(string mixer)
    {
        using var model = LanguageModels.Build(mixer, width: Width);
        model.to(CUDA);
        using var path = model.CreateDecodePath();
        Agree(model, path, rows: 3, seen: 11, steps: 9);
        if (model.StepRefusal is null)
            Assert.Null(path.Fallback);
    }

    private static void Agree(SequenceModel model, DecodePath path, int rows, int seen, int steps)
    {
        var tokens = (arange(rows * (seen + steps)) * 7 % LanguageModels.Vocabulary).view(rows, seen + steps);
        using var advanced = model.CreateState(rows);
        model.Advance(tokens.narrow(1, 0, seen), SequenceContext.Dense, advanced);
        using var stepped = advanced.Fork();
        var read = new float[LanguageModels.Vocabulary];
        for (var t = seen; t < seen + steps; t++)
        {
            var token = tokens.narrow(1, t, 1);
            var expected = model.Advance(token, SequenceContext.Dense, advanced).squeeze(1).cpu();
            Tolerance.Same(expected, path.Step(token.contiguous().data<long>().ToArray(), stepped).cpu());
            for (var row = 0; row < rows; row++)
            {
                path.Read(row, read);
                Tolerance.Same(expected.select(0, row).to(ScalarType.Float32), tensor(read));
            }

            foreach (var (left, right) in advanced.Layers.Zip(stepped.Layers))
            {
                Assert.Equal(left.Positions, right.Positions);
                foreach (var (one, other) in left.Tensors.Zip(right.Tensors))
                    Tolerance.Same(one.cpu(), other.cpu());
            }
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class CudaGraphTheoryAttribute : TheoryAttribute
    {
        public CudaGraphTheoryAttribute() => Skip = CudaDevice.Missing ?? CudaStepGraph.Refusal;
    }

    private sealed class NotCapturable() : ExternalException("operation not permitted when stream is capturing");

    /// <summary>Work that is run again as it is. As with a graph, its capture computes nothing.</summary>
    private sealed class Captures(Action<Action>? within = null)
    {
        public int Count { get; private set; }

        public IStepGraph Capture(Action work)
        {
            Count++;
            return new Repeated(within is null ? work : () => within(work));
        }

        private sealed class Repeated(Action work) : IStepGraph
        {
            public void Replay() => work();

            public void Dispose()
            {
            }
        }
    }
}
