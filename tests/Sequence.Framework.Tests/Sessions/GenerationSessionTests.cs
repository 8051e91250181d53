using System.Text;
using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Training;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Sessions;

[Collection(TensorTests.Name)]
public sealed class GenerationSessionTests : IDisposable
{
    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Greedy_steps_give_what_whole_forwards_give()
    {
        using var trained = Trained(TargetKind.Token);
        using var session = trained.StartSession();
        var streamed = string.Concat(session.Generate("25", new() { MaxTokens = 20, Temperature = 0 }));

        var tokens = new List<long> { 2, 5 };
        using var frozen = no_grad();
        for (var t = 0; t < 20; t++)
        {
            using var scope = NewDisposeScope();
            var logits = trained.Model.Forward(tensor(tokens.ToArray(), [1, tokens.Count]), SequenceContext.Dense);
            tokens.Add(logits[0, -1].argmax().item<long>());
        }

        Assert.Equal(string.Concat(tokens.Skip(2)), streamed);
    }

    [Fact]
    public void A_session_goes_on_where_it_stopped()
    {
        using var trained = Trained(TargetKind.Token);
        using var parts = trained.StartSession();
        using var whole = trained.StartSession();
        var greedy = new GenerationOptions { MaxTokens = 4, Temperature = 0 };
        var first = string.Concat(parts.Generate("2", greedy));
        var second = string.Concat(parts.Generate("7", greedy));
        Assert.Equal(second, string.Concat(whole.Generate("2" + first + "7", greedy)));
        Assert.Equal(8, first.Length + second.Length);
    }

    [Fact]
    public void The_same_seed_gives_the_same_text_at_constant_state()
    {
        using var trained = Trained(TargetKind.Token);
        var options = new GenerationOptions { MaxTokens = 60, Seed = 5, Temperature = 3 };
        using var one = trained.StartSession();
        using var two = trained.StartSession();
        var before = one.StateBytes;
        var live = LivingTensors.Count();
        var text = string.Concat(one.Generate("0", options));
        Assert.Equal(text, string.Concat(two.Generate("0", options)));
        Assert.Equal(60, text.Length);
        Assert.Equal(before, one.StateBytes);
        Assert.Equal(live, LivingTensors.Count());
    }

    [Fact]
    public void A_loaded_model_is_the_one_that_was_trained_and_outlives_the_callers_scope()
    {
        TrainedModel trained;
        using (NewDisposeScope())
            trained = Trained(TargetKind.Token);
        using (trained)
        using (var session = trained.StartSession())
            Assert.Equal(5, string.Concat(session.Generate("1", new() { MaxTokens = 5 })).Length);
    }

    [Fact]
    public void A_model_that_cannot_generate_says_why()
    {
        using var classifier = Trained(TargetKind.Sequence);
        Assert.Contains("language model", Assert.Throws<InvalidOperationException>(() => classifier.StartSession()).Message, StringComparison.Ordinal);

        var options = TinyRun.Request("").Options;
        Assert.Contains("no run", Assert.Throws<RunFolderException>(() => TrainedModel.Load(options, _scratch["nothing"], CPU)).Message, StringComparison.Ordinal);
        File.Delete(new RunFolder(_scratch["run"]).Parameters);
        Assert.Contains("--resume", Assert.Throws<RunFolderException>(() => TrainedModel.Load(options, _scratch["run"], CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_prompt_is_refused()
    {
        using var trained = Trained(TargetKind.Token);
        using var session = trained.StartSession();
        Assert.Throws<ArgumentException>(() => session.Generate("", new()));
    }

    [Fact]
    public async Task An_asynchronous_text_is_the_same_and_stands_where_it_was_left()
    {
        using var trained = Trained(TargetKind.Token);
        var options = new GenerationOptions { MaxTokens = 30, Temperature = 2, Seed = 3 };
        using var sync = trained.StartSession();
        var expected = string.Concat(sync.Generate("25", options));

        using var session = trained.StartSession();
        var text = new StringBuilder();
        await foreach (var piece in session.GenerateAsync("25", options))
            text.Append(piece);
        Assert.Equal(expected, text.ToString());
        Assert.Equal(GenerationEnd.Length, session.End);

        using var parts = trained.StartSession();
        text.Clear();
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var piece in parts.GenerateAsync("25", options, cancellation.Token))
            {
                text.Append(piece);
                if (text.Length == 11)
                    await cancellation.CancelAsync();
            }
        });
        Assert.Equal(11, text.Length);
        foreach (var piece in parts.Generate("", options with { Seed = null, MaxTokens = 19 }))
            text.Append(piece);
        Assert.Equal(expected, text.ToString());
    }

    [Fact]
    public void A_text_goes_on_in_a_file_and_in_a_fork()
    {
        using var trained = Trained(TargetKind.Token);
        var options = new GenerationOptions { MaxTokens = 20, Temperature = 2 };
        using var session = trained.StartSession(new() { Seed = 9 });
        _ = string.Concat(session.Generate("25", options));
        session.Save(_scratch["session"]);
        using var fork = session.Fork();
        using var loaded = trained.LoadSession(_scratch["session"]);

        Assert.Equal(session.Position, loaded.Position);
        var expected = string.Concat(session.Generate("1", options));
        Assert.Equal(expected, string.Concat(fork.Generate("1", options)));
        Assert.Equal(expected, string.Concat(loaded.Generate("1", options)));
        Assert.NotEqual(expected, string.Concat(fork.Generate("1", options)));
    }

    [Fact]
    public void Texts_of_a_batch_are_those_of_sessions_of_their_own()
    {
        using var trained = Trained(TargetKind.Token);
        var options = new SessionOptions { Seed = 5, Generation = new() { MaxTokens = 25, Temperature = 2, StopTexts = ["44", "0"] } };
        string[] prompts = ["2", "25", "7", "1234567"];
        var texts = new string[prompts.Length];
        var ends = new GenerationEnd?[prompts.Length];
        foreach (var piece in trained.Generate(prompts, options))
        {
            texts[piece.Row] += piece.Text;
            ends[piece.Row] = piece.End;
        }

        for (var row = 0; row < prompts.Length; row++)
        {
            using var alone = trained.StartSession(options with { Seed = 5 + row });
            Assert.Equal(string.Concat(alone.Generate(prompts[row])), texts[row]);
            Assert.Equal(alone.End, ends[row]);
            Assert.DoesNotContain("44", texts[row], StringComparison.Ordinal);
        }

        Assert.Contains(GenerationEnd.StopText, ends.OfType<GenerationEnd>());
    }

    [Fact]
    public void What_a_stop_text_holds_back_comes_when_the_text_goes_on()
    {
        using var trained = Trained(TargetKind.Token);
        var options = new GenerationOptions { MaxTokens = 40, Temperature = 3, StopTexts = ["0123456701234567"] };
        using var whole = trained.StartSession();
        var expected = string.Concat(whole.Generate("2", options));
        Assert.Equal(40, expected.Length);

        // a piece at a time, through a file each time: beginnings of the stop text are held back in between
        var text = new StringBuilder();
        using (var first = trained.StartSession())
        {
            text.Append(first.Generate("2", options).First());
            first.Save(_scratch["held"]);
        }

        while (text.Length < 36)
        {
            using var next = trained.LoadSession(_scratch["held"]);
            text.Append(next.Generate("", options).First());
            next.Save(_scratch["held"]);
        }

        Assert.StartsWith(text.ToString(), expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_token_ends_a_text_and_is_not_shown()
    {
        using var trained = Trained(TargetKind.Token);
        var options = new GenerationOptions { MaxTokens = 200, Temperature = 3 };
        using var free = trained.StartSession();
        using var stopped = trained.StartSession();
        var text = string.Concat(free.Generate("2", options));
        Assert.Equal(text[..text.IndexOf('3', StringComparison.Ordinal)], string.Concat(stopped.Generate("2", options with { StopTokens = [3] })));
        Assert.Equal(GenerationEnd.StopToken, stopped.End);
    }

    private TrainedModel Trained(TargetKind targets)
    {
        var request = TinyRun.Request(_scratch["run"], targets, task: new WithDigits(new TinyTask(targets)));
        request = request with { Options = request.Options with { Task = new("tiny", new ByteText.TaskOptions(), _ => request.Task!) } };
        TrainingRun.Execute(request with { Task = new WithDigits(new TinyTask(targets)) }, new Silent(), CancellationToken.None);
        return TrainedModel.Load(request.Options, _scratch["run"], CPU);
    }

    private sealed class WithDigits(ITask task) : ITask
    {
        public int Vocabulary => task.Vocabulary;

        public int Classes => task.Classes;

        public TargetKind Targets => task.Targets;

        public ITokenizer? Tokenizer { get; } = new ByteText.Digits();

        public IDataset Training => task.Training;

        public IDataset Validation => task.Validation;

        public IDataset Test => task.Test;

        public IReadOnlyList<IMetric> CreateMetrics() => task.CreateMetrics();
    }
}
