using Sequence.Caching;
using Sequence.Components;
using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Caching;
using Sequence.Framework.Models;
using Sequence.Framework.Tests.Caching;
using Sequence.Framework.Training;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Sessions;

/// <summary>Rows of tokens in one model with entries and a recurrence: together and alone, in pieces and at once, here and after they were saved.</summary>
[Collection(TensorTests.Name)]
public sealed class TokenSessionTests : IDisposable
{
    private const int Vocabulary = 11;
    private const int Sessions = 100;

    // of logits of the order of one, summed in another order
    private const float Reordered = 1e-4f;

    private static readonly int[] Lengths = [1, 63, 64, 65, 100];

    private readonly RunScratch _scratch = new();

    public static TheoryData<string> Policies => ["full", "window", "attention", "int8"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Policies))]
    public void Ragged_prompts_give_what_each_gives_alone(string policy)
    {
        using var model = Model();
        using var together = model.StartSession(new() { Cache = Policy(policy) }, Lengths.Length);
        together.Prefill([.. Lengths.Select(Prompt)]);
        together.Step([.. Lengths.Select(length => length % Vocabulary + 0L)]);
        for (var row = 0; row < Lengths.Length; row++)
        {
            using var alone = model.StartSession(new() { Cache = Policy(policy) });
            alone.Prefill(Prompt(Lengths[row]));
            alone.Step(Lengths[row] % Vocabulary);
            Near(alone.Logits(), together.Logits(row));
            Assert.Equal(Lengths[row] + 1, together.Positions[row]);
        }
    }

    [Theory]
    [InlineData("full")]
    [InlineData("window")]
    public void Pieces_of_prompts_give_what_whole_prompts_give(string policy)
    {
        using var model = Model();
        using var whole = model.StartSession(new() { Cache = Policy(policy) }, Lengths.Length);
        using var pieces = model.StartSession(new() { Cache = Policy(policy), PrefillChunk = 16 }, Lengths.Length);
        whole.Prefill([.. Lengths.Select(Prompt)]);
        pieces.Prefill([.. Lengths.Select(Prompt)]);
        for (var row = 0; row < Lengths.Length; row++)
            Near(whole.Logits(row), pieces.Logits(row));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_saved_session_and_a_fork_go_on_alike(string policy)
    {
        var path = _scratch["rows.session"];
        using var model = Model();
        var options = new SessionOptions { Cache = Policy(policy) };
        using var session = model.StartSession(options, 2);
        session.Prefill([Prompt(65), Prompt(1)]);
        Steps(session, 10);
        session.Save(path);
        using var fork = session.Fork();
        using var same = Model();
        using var loaded = same.LoadSession(path, options);
        Assert.Equal(session.Positions, loaded.Positions);
        Assert.Equal(session.StateBytes, loaded.StateBytes);
        Assert.Equal(session.Logits(1).ToArray(), loaded.Logits(1).ToArray());
        Steps(session, 63);
        Steps(fork, 63);
        Steps(loaded, 63);
        for (var row = 0; row < 2; row++)
        {
            Near(session.Logits(row), fork.Logits(row));
            Near(session.Logits(row), loaded.Logits(row));
        }

        Assert.Equal(session.StateBytes, loaded.StateBytes);
    }

    [Fact]
    public void A_file_of_another_model_or_policy_or_of_no_session_is_refused()
    {
        var path = _scratch["rows.session"];
        using var model = Model();
        using (var session = model.StartSession(new() { Cache = Policy("window") }))
        {
            session.Prefill(Prompt(63));
            session.Save(path);
        }

        using var other = Model(seed: 2);
        Assert.Contains("other parameters", Refusal(() => other.LoadSession(path, new() { Cache = Policy("window") })), StringComparison.Ordinal);
        Assert.Contains("cache policy", Refusal(() => model.LoadSession(path, new() { Cache = Policy("int8") })), StringComparison.Ordinal);
        Assert.Contains("cache policy", Refusal(() => model.LoadSession(path)), StringComparison.Ordinal);
        File.WriteAllText(_scratch["note.txt"], "not a session at all");
        Assert.Contains("is no saved session", Refusal(() => model.LoadSession(_scratch["note.txt"])), StringComparison.Ordinal);

        static string Refusal(Func<object> load) => Assert.Throws<InvalidDataException>(load).Message;
    }

    [Fact]
    public void Rows_that_are_kept_go_on_as_before()
    {
        using var model = Model();
        using var all = model.StartSession(new() { Cache = Policy("window") }, 3);
        all.Prefill([Prompt(1), Prompt(64), Prompt(100)]);
        using var kept = all.Fork();
        kept.Keep([2, 1]);
        all.Step([3, 4, 5]);
        kept.Step([5, 4]);
        Assert.Equal(2, kept.Batch);
        Near(all.Logits(2), kept.Logits(0));
        Near(all.Logits(1), kept.Logits(1));
    }

    [Fact]
    public void A_hundred_sessions_at_once_give_what_they_give_one_after_the_other()
    {
        using var model = Model();
        string[] policies = ["full", "window", "attention", "int8"];
        float[] Outputs(int number)
        {
            using var session = model.StartSession(new() { Cache = Policy(policies[number % policies.Length]) });
            session.Prefill(Prompt(Lengths[number % Lengths.Length] + number % 7));
            Steps(session, 5 + number % 3);
            return session.Logits().ToArray();
        }

        // not warmed up: the first passes of the model, too, are made by many threads
        var live = LivingTensors.Count();
        var together = new float[Sessions][];
        Parallel.For(0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, number => together[number] = Outputs(number));
        Assert.Equal(live, LivingTensors.Count());
        for (var number = 0; number < Sessions; number++)
            Assert.Equal(Outputs(number), together[number]);
        Assert.Equal(live, LivingTensors.Count());
    }

    [Fact]
    public void A_model_in_training_is_refused_within_a_session_too()
    {
        using var model = Model();
        using var session = model.StartSession();
        session.Prefill(Prompt(1));
        model.train();
        Assert.Contains("eval()", Assert.Throws<InvalidOperationException>(() => { session.Step([1]); }).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.StartSession());
        model.eval();
        session.Step([1]);
        Assert.Equal(2, session.Positions[0]);
    }

    [Fact]
    public void A_cancelled_prompt_takes_in_nothing_more()
    {
        using var model = Model();
        using var session = model.StartSession();
        Assert.Throws<OperationCanceledException>(() => { session.Prefill(Prompt(63), new CancellationToken(canceled: true)); });
        Assert.Equal(0, session.Positions[0]);
    }

    [Fact]
    public void What_is_not_of_the_vocabulary_or_empty_is_refused()
    {
        using var model = Model();
        using var session = model.StartSession(batch: 2);
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => session.Prefill([[1], []])).Message, StringComparison.Ordinal);
        Assert.Contains("vocabulary", Assert.Throws<ArgumentException>(() => session.Prefill([[1], [Vocabulary]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.Step([1, 2, 3]));
    }

    [Fact]
    public void States_are_held_as_the_model_says_or_the_session()
    {
        using var plain = Model();
        using var rounded = Model(state: Rounded);
        using var byModel = rounded.StartSession();
        using var bySession = plain.StartSession(new() { State = Rounded });
        using var exact = plain.StartSession();
        foreach (var session in (TokenSession[])[byModel, bySession, exact])
            session.Prefill(Prompt(65));
        Assert.Equal(bySession.StateBytes, byModel.StateBytes);
        Assert.True(byModel.StateBytes < exact.StateBytes);
        Assert.Equal(bySession.Logits().ToArray(), byModel.Logits().ToArray());
    }

    private static Component<StatePolicy> Rounded { get; } = new("rounded", new object(), _ => new Half());

    private static Component<CachePolicy>? Policy(string name) => name == "full" ? null : new(name, new object(), _ => name switch
    {
        "window" => new TinyWindow(9, 2),
        "attention" => new TinyAttention(7, null, accumulates: true),
        _ => new TinyStorage(EntryStorage.Int8),
    });

    private static long[] Prompt(int length) => [.. Enumerable.Range(0, length).Select(t => (long)(t * t + 3 * t + length) % Vocabulary)];

    private static void Steps(TokenSession session, int count)
    {
        for (var t = 0; t < count; t++)
            session.Step([.. Enumerable.Range(0, session.Batch).Select(row => (long)(t + row) % Vocabulary)]);
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(Vocabulary, actual.Length);
        for (var each = 0; each < expected.Length; each++)
            Assert.InRange(actual[each], expected[each] - Reordered, expected[each] + Reordered);
    }

    private static SequenceModel Model(long seed = 1, Component<StatePolicy>? state = null)
    {
        manual_seed(seed);
        var keeper = new Component<Mixers.SequenceMixer>("keeper", new object(), _ => new EntryMixer(new TinyLayer()));
        var model = new SequenceModel(
            new ModelOptions
            {
                DModel = TinyLayer.D,
                Norm = TinyComponents.Norm,
                Blocks = [new() { Mixer = keeper }, new() { Mixer = TinyComponents.Mixer }, new() { Mixer = keeper }],
                State = state,
                EmbeddingDeviation = 1,
            },
            new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token));
        model.eval();
        return model;
    }

    private sealed class Half : StatePolicy
    {
        public override ScalarType? Storage => ScalarType.BFloat16;
    }
}
