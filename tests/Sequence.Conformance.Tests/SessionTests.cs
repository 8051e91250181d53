using System.Collections.Concurrent;
using Sequence.Caching;
using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Framework.Sessions;
using Sequence.Framework.Training;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>Sessions of tokens, of every installed mixer, and under every way of holding less.</summary>
public sealed class SessionTests : IDisposable
{
    // of float32 logits of the order of one, which batches and pieces sum in another order
    private const double Rounding = 2e-4;

    // and where a state is held in 8 bits of mantissa, or entries in 8 bits
    private const double Coarse = 0.1;

    private static readonly string[] Policies =
    [
        "full", "sliding-window:16", "attention-sink:16", "heavy-hitter:16", "tova:16", "snapkv:40", "key-norm:16", "random:16", "int8", "bf16",
        """{ "name": "first-k-layers", "layers": 1, "then": { "name": "sliding-window", "budget": { "ratio": 0.25 } } }""",
        """{ "name": "union", "policies": [{ "name": "sliding-window", "budget": 8 }, { "name": "heavy-hitter", "budget": 16 }] }""",
        """{ "name": "quantized", "policy": { "name": "sliding-window", "budget": 16 } }""",
    ];

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _file = Path.GetTempFileName();

    /// <summary>Mixer in JSON, cache policy and state policy in a word.</summary>
    public static TheoryData<string, string?, string?> Ways
    {
        get
        {
            var ways = new TheoryData<string, string?, string?>();
            foreach (var variants in VariantFile.Of<SequenceMixer>(Installed.Host).GroupBy(variant => variant.Component.Name))
                ways.Add(variants.First().Text, null, null);
            foreach (var policy in Policies)
                ways.Add("""{ "name": "attention", "heads": 4, "kvHeads": 2 }""", policy, null);
            ways.Add("\"mipt-cache\"", "gate-top-k:8", null);
            ways.Add("\"mipt-cache\"", "gate-top-k:8", "bf16");
            ways.Add("\"mamba\"", null, "bf16");
            ways.Add("""{ "name": "psm", "chunkSize": 4 }""", null, "bounded-roots:2");
            return ways;
        }
    }

    public void Dispose()
    {
        _scope.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Prompts_of_any_lengths_give_what_each_gives_alone(string mixer, string? cache, string? state)
    {
        using var model = LanguageModels.Build(mixer);
        var options = Options(cache, state);
        long[][] prompts = [.. new[] { 1, 63, 64, 65, 100 }.Select((length, row) => Tokens(length, row))];
        using var batch = model.StartSession(options, prompts.Length);
        batch.Prefill(prompts);
        var after = Go(batch, 5);
        for (var row = 0; row < prompts.Length; row++)
        {
            using var alone = model.StartSession(options);
            alone.Prefill(prompts[row]);
            Assert.Equal(prompts[row].Length + 5, batch.Positions[row]);
            Same(Go(alone, 5, row)[0], after[row], Tolerance(state, cache));
        }
    }

    [Theory]
    [InlineData("\"attention\"", null)]
    [InlineData("\"attention\"", "sliding-window:16")]
    [InlineData("\"mipt-cache\"", "gate-top-k:8")]
    [InlineData("\"mamba\"", null)]
    [InlineData("""{ "name": "psm", "chunkSize": 4 }""", null)]
    public void Prompts_in_pieces_give_what_whole_ones_give(string mixer, string? cache)
    {
        using var model = LanguageModels.Build(mixer);
        using var whole = model.StartSession(Options(cache, null) with { PrefillChunk = 1_000 });
        var expected = whole.Prefill(Tokens(100, 3)).ToArray();
        foreach (var chunk in (int[])[1, 7, 64])
        {
            using var pieces = model.StartSession(Options(cache, null) with { PrefillChunk = chunk });
            Same(expected, pieces.Prefill(Tokens(100, 3)).ToArray(), Rounding);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_fork_goes_on_by_itself_and_rows_that_are_left_go_on_as_they_were(string mixer, string? cache, string? state)
    {
        using var model = LanguageModels.Build(mixer);
        using var session = model.StartSession(Options(cache, state), batch: 3);
        session.Prefill([Tokens(65, 0), Tokens(30, 1), Tokens(64, 2)]);
        using var fork = session.Fork();
        using var kept = session.Fork();
        kept.Keep([2, 0]);

        var expected = Go(session, 6);
        Assert.Equal(expected, Go(fork, 6));
        Assert.Equal([70, 71], kept.Positions.Select(position => position + 6));
        var left = Go(kept, 6, 2, 0);
        Same(expected[2], left[0], Tolerance(state, cache));
        Same(expected[0], left[1], Tolerance(state, cache));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_session_from_a_file_goes_on_with_the_same_bits(string mixer, string? cache, string? state)
    {
        using var model = LanguageModels.Build(mixer);
        var options = Options(cache, state);
        using var session = model.StartSession(options, batch: 2);
        session.Prefill([Tokens(65, 0), Tokens(30, 1)]);
        Go(session, 3);
        session.Save(_file);
        using var here = model.LoadSession(_file, options);
        using var twin = LanguageModels.Build(mixer);
        using var there = twin.LoadSession(_file, options);

        Assert.Equal(session.Positions, there.Positions);
        Assert.Equal(session.StateBytes, there.StateBytes);
        Assert.Equal(session.Logits(1).ToArray(), there.Logits(1).ToArray());
        var expected = Go(session, 6);
        Assert.Equal(expected, Go(here, 6));
        Assert.Equal(expected, Go(there, 6));
    }

    [Fact]
    public void A_file_of_another_model_or_policy_and_a_damaged_one_are_refused_and_say_why()
    {
        using var model = LanguageModels.Build("\"attention\"");
        using var other = LanguageModels.Build("\"attention\"", seed: 4);
        using var wider = LanguageModels.Build("""{ "name": "attention", "heads": 1 }""");
        using (var session = model.StartSession(Options("sliding-window:16", null)))
        {
            session.Prefill(Tokens(20, 0));
            session.Save(_file);
        }

        Assert.Contains("other parameters", Refusal(other, Options("sliding-window:16", null)), StringComparison.Ordinal);
        Assert.Contains("other options", Refusal(wider, Options("sliding-window:16", null)), StringComparison.Ordinal);
        Assert.Contains("cache policy", Refusal(model, Options("sliding-window:8", null)), StringComparison.Ordinal);
        Assert.Contains("cache policy", Refusal(model, new()), StringComparison.Ordinal);

        var bytes = File.ReadAllBytes(_file);
        File.WriteAllBytes(_file, bytes[..^9]);
        Assert.Contains(_file, Refusal(model, Options("sliding-window:16", null)), StringComparison.Ordinal);
        File.WriteAllText(_file, "not a session");
        Assert.Contains("no saved session", Refusal(model, new()), StringComparison.Ordinal);

        string Refusal(SequenceModel at, SessionOptions options) => Assert.Throws<InvalidDataException>(() => at.LoadSession(_file, options)).Message;
    }

    [Theory]
    [InlineData("\"mlstm\"", null)]
    [InlineData("\"mipt-cache\"", "gate-top-k:8")]
    [InlineData("\"attention\"", "int8")]
    public void Tensors_that_a_state_cannot_have_are_refused(string mixer, string? cache)
    {
        using var model = LanguageModels.Build(mixer);
        var options = Options(cache, null);
        using var session = model.StartSession(options, batch: 2);
        session.Prefill([Tokens(20, 0), Tokens(9, 1)]);
        session.Save(_file);
        Dictionary<string, string> header;
        Dictionary<string, Tensor> tensors;
        using (var stream = File.OpenRead(_file))
        {
            header = Safetensors.ReadMetadata(stream);
            stream.Position = 0;
            tensors = Safetensors.Read(stream);
        }

        var written = header["session"];
        foreach (var (name, tensor) in tensors)
        {
            Refused(name, tensor.narrow(-1, 0, Math.Max(1, tensor.shape[^1]) - 1));
            Refused(name, tensor.to(tensor.dtype == ScalarType.Float32 ? ScalarType.Float64 : ScalarType.Float32));
            if (tensor.dim() > 1)
                Refused(name, tensor.narrow(0, 0, 1));
        }

        foreach (var (right, wrong) in ((string, string)[])[("[20,9]", "[20]"), ("[20,9]", "[20,-9]"), ("\"positions\"", "\"position\""), ("\"seen\":[", "\"seen\":[0,")])
        {
            Assert.Contains(right, written, StringComparison.Ordinal);
            Rewrite(tensors, written.Replace(right, wrong, StringComparison.Ordinal));
            Assert.Throws<InvalidDataException>(() => model.LoadSession(_file, options));
        }

        Rewrite(tensors, written);
        model.LoadSession(_file, options).Dispose();

        void Refused(string name, Tensor other)
        {
            Rewrite(new Dictionary<string, Tensor>(tensors) { [name] = other }, written);
            Assert.Throws<InvalidDataException>(() => model.LoadSession(_file, options));
        }

        void Rewrite(Dictionary<string, Tensor> changed, string session)
        {
            using var stream = File.Create(_file);
            Safetensors.Write(stream, changed, new Dictionary<string, string> { ["session"] = session });
        }
    }

    [Fact]
    public void States_that_are_rounded_after_each_call_take_a_prompt_whole()
    {
        using var model = LanguageModels.Build("\"mamba\"");
        using var whole = model.StartSession(Options(null, "bf16") with { PrefillChunk = 4_000 });
        using var usual = model.StartSession(Options(null, "bf16"));
        using var pieces = model.StartSession(Options(null, "bf16") with { PrefillChunk = 500 });
        var expected = whole.Prefill(Tokens(2_100, 1)).ToArray();
        Assert.Equal(expected, usual.Prefill(Tokens(2_100, 1)).ToArray());
        Assert.NotEqual(expected, pieces.Prefill(Tokens(2_100, 1)).ToArray());
    }

    [Fact]
    public void A_session_whose_call_failed_and_one_that_has_ended_go_no_further()
    {
        using var model = LanguageModels.Build("\"mipt\"");
        var session = model.StartSession();
        using var fork = session.Fork();
        session.State.Layers[1].Dispose();
        Assert.ThrowsAny<Exception>(() => session.Prefill([1, 2, 3]));
        Assert.Contains("earlier call failed", Assert.Throws<InvalidOperationException>(() => session.Step(1)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(session.Fork);
        fork.Prefill([1, 2, 3]);
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Step(1));
    }

    [Theory]
    [InlineData("\"mipt\"", null)]
    [InlineData("\"attention\"", null)]
    [InlineData("\"attention\"", "heavy-hitter:8")]
    [InlineData("\"mipt-cache\"", "gate-top-k:4")]
    [InlineData("""{ "name": "psm", "chunkSize": 4 }""", null)]
    public void A_hundred_sessions_at_once_give_what_they_give_one_after_the_other(string mixer, string? cache)
    {
        const int Sessions = 100, Steps = 10;
        using var model = LanguageModels.Build(mixer);
        var options = Options(cache, null);
        float[][] expected = [.. Enumerable.Range(0, Sessions).Select(Run)];

        var before = Living();
        var actual = new ConcurrentDictionary<int, float[]>();
        var threads = Enumerable.Range(0, 8).Select(first => new Thread(() =>
        {
            // all are open at the same time, and take their steps in turns
            var open = Enumerable.Range(0, Sessions).Where(number => number % 8 == first).Select(number => (Number: number, Session: Begin(number))).ToList();
            for (var step = 0; step < Steps; step++)
                open.ForEach(each => each.Session.Step((each.Number + step) % LanguageModels.Vocabulary));
            foreach (var (number, session) in open)
            {
                actual[number] = session.Logits().ToArray();
                session.Dispose();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        for (var number = 0; number < Sessions; number++)
            Assert.Equal(expected[number], actual[number]);
        Assert.Equal(before, Living());

        TokenSession Begin(int number)
        {
            var session = model.StartSession(options);
            session.Prefill(Tokens(1 + number % 30, number));
            return session;
        }

        float[] Run(int number)
        {
            using var session = Begin(number);
            for (var step = 0; step < Steps; step++)
                session.Step((number + step) % LanguageModels.Vocabulary);
            return session.Logits().ToArray();
        }
    }

    [Fact]
    public void Bytes_of_a_session_are_bounded_by_its_budget_and_their_peak_is_told()
    {
        using var model = LanguageModels.Build("\"attention\"");
        using var bounded = model.StartSession(Options("sliding-window:16", null));
        using var whole = model.StartSession();
        bounded.Prefill(Tokens(65, 0));
        whole.Prefill(Tokens(65, 0));
        var bytes = bounded.StateBytes;
        Go(bounded, 40);

        Assert.Equal(bytes, bounded.StateBytes);
        Assert.True(bytes < whole.StateBytes / 3);
        Assert.InRange(bounded.PeakStateBytes, whole.StateBytes, 2 * whole.StateBytes);
    }

    [Fact]
    public void What_a_session_cannot_do_is_refused_before_its_state_is_touched()
    {
        using var model = LanguageModels.Build("\"mipt\"");
        using var session = model.StartSession(batch: 2);
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => session.Prefill([[1], []])).Message, StringComparison.Ordinal);
        Assert.Contains("17", Assert.Throws<ArgumentException>(() => session.Prefill([[1], [17]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.Prefill(new long[][] { [1] }));
        session.Prefill([[1], [2, 3]]);
        Assert.Throws<ArgumentException>(() => session.Step([1]));
        Assert.Throws<ArgumentException>(() => session.Step([1, -1]));
        Assert.Equal([1, 2], session.Positions);

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => session.Prefill([[1], [1]], cancelled.Token));
        Assert.Contains("no layer keeps entries of tokens (mipt)", Assert.Throws<ModelException>(() => model.StartSession(Options("sliding-window:16", null))).Message, StringComparison.Ordinal);

        model.train();
        Assert.Contains("training", Assert.Throws<InvalidOperationException>(() => session.Step([1, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("training", Assert.Throws<InvalidOperationException>(() => model.StartSession()).Message, StringComparison.Ordinal);
        model.eval();
        session.Step([1, 1]);
        Assert.Equal([2, 3], session.Positions);
    }

    private static SessionOptions Options(string? cache, string? state) => new()
    {
        Cache = cache is null ? null : Installed.Host.Components.Read<CachePolicy>(cache),
        State = state is null ? null : Installed.Host.Components.Read<StatePolicy>(state),
    };

    private static double Tolerance(string? state, string? cache) => state is null && cache is not ("int8" or "bf16") && cache?.Contains("quantized", StringComparison.Ordinal) != true ? Rounding : Coarse;

    private static long[] Tokens(int length, int seed) => [.. Enumerable.Range(0, length).Select(t => (long)((t * 7 + t * t % 5 + seed * 3) % LanguageModels.Vocabulary))];

    /// <summary>The logits of each row after steps that tokens of their own numbers give: row r of the session takes those of <paramref name="rows"/>[r].</summary>
    private static float[][] Go(TokenSession session, int steps, params int[] rows)
    {
        rows = rows.Length > 0 ? rows : [.. Enumerable.Range(0, session.Batch)];
        for (var step = 0; step < steps; step++)
            session.Step([.. rows.Select(row => (long)((row * 5 + step * 3) % LanguageModels.Vocabulary))]);
        return [.. Enumerable.Range(0, session.Batch).Select(row => session.Logits(row).ToArray())];
    }

    private static void Same(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var at = 0; at < expected.Length; at++)
            Assert.InRange(actual[at], expected[at] - tolerance, expected[at] + tolerance);
    }

    private static long Living()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
