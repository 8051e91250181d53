using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

/// <summary>A language model of characters, trained for a moment and asked to go on.</summary>
public sealed class GenerateTests : IClassFixture<GenerateTests.Trained>
{
    private readonly Workspace _workspace;

    public GenerateTests(Trained trained) => _workspace = trained.Workspace;

    [Fact]
    public void Text_goes_on_from_the_prompt()
    {
        var outcome = _workspace.Run("generate", "runs/verse", "--prompt", "the sea ", "--max-tokens", "20", "--temperature", "0");

        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith("the sea ", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("the sea ".Length + 20 + 1, outcome.Output.Length);
    }

    [Fact]
    public void The_same_seed_gives_the_same_text_and_another_seed_another()
    {
        Assert.Equal(Text("3"), Text("3"));
        Assert.NotEqual(Text("3"), Text("4"));

        string Text(string seed)
        {
            var outcome = _workspace.Run("generate", "runs/verse", "--prompt", "the ", "--max-tokens", "60", "--temperature", "2", "--seed", seed, "--json");
            Assert.Equal(0, outcome.ExitCode);
            return (string)JsonNode.Parse(outcome.Output)!["text"]!;
        }
    }

    [Fact]
    public void One_likeliest_token_is_what_no_temperature_gives()
    {
        var greedy = _workspace.Run("generate", "runs/verse", "--prompt", "the ", "--max-tokens", "30", "--temperature", "0");
        var narrow = _workspace.Run("generate", "runs/verse", "--prompt", "the ", "--max-tokens", "30", "--temperature", "1.5", "--top-k", "1");

        Assert.Equal(greedy.Output, narrow.Output);
    }

    [Fact]
    public void How_a_token_is_taken_in_is_said_and_follows_the_preference()
    {
        string[] generate = ["generate", "runs/verse", "--prompt", "the ", "--max-tokens", "3"];
        var step = JsonNode.Parse(_workspace.Run([.. generate, "--json"]).Output)!["step"]!;
        var demanded = _workspace.Run([.. generate, "--kernels", "fused"]);

        Assert.Equal("attention has no step in place", (string)step["whyNotFused"]!);
        Assert.Equal(2, demanded.ExitCode);
        Assert.Contains("attention has no step in place", demanded.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sliding-window:8", "sliding-window")]
    [InlineData("""{ "name": "attention-sink", "budget": 8, "sinks": 2 }""", "attention-sink")]
    [InlineData("policy.json", "heavy-hitter")]
    public void A_cache_policy_bounds_what_is_held(string cache, string name)
    {
        _workspace.Write("policy.json", """{ "name": "heavy-hitter", "budget": 8 }""");
        string[] generate = ["generate", "runs/verse", "--prompt", "the sea ", "--max-tokens", "60", "--json"];
        var whole = JsonNode.Parse(_workspace.Run(generate).Output)!;
        var outcome = _workspace.Run([.. generate, "--cache", cache]);

        Assert.Equal("", outcome.Error);
        var bounded = JsonNode.Parse(outcome.Output)!;
        Assert.Null(whole["policy"]);
        Assert.Equal(name, (string)bounded["policy"]!);
        Assert.Equal("length", (string)bounded["end"]!);
        Assert.True((long)bounded["stateBytes"]! < (long)whole["stateBytes"]! / 4);
        Assert.True((long)bounded["peakStateBytes"]! >= (long)bounded["stateBytes"]!);
    }

    [Fact]
    public void States_may_be_held_in_fewer_bits()
    {
        string[] generate = ["generate", "runs/verse", "--prompt", "the ", "--max-tokens", "3", "--cache", "sliding-window:2", "--json"];
        var plain = JsonNode.Parse(_workspace.Run(generate).Output)!;
        var rounded = JsonNode.Parse(_workspace.Run([.. generate, "--state", "bf16"]).Output)!;

        Assert.Equal("precision", (string)rounded["statePolicy"]!);
        Assert.True((long)rounded["stateBytes"]! < (long)plain["stateBytes"]!);
    }

    [Fact]
    public void A_session_goes_on_in_another_process()
    {
        string[] generate = ["generate", "runs/verse", "--temperature", "2", "--cache", "sliding-window:8", "--json"];
        var whole = Text([.. generate, "--prompt", "the sea ", "--max-tokens", "40"]);
        var first = Text([.. generate, "--prompt", "the sea ", "--max-tokens", "15", "--save-session", "verse.session"]);
        var second = Text("generate", "runs/verse", "--temperature", "2", "--json", "--session", "verse.session", "--max-tokens", "25");
        Assert.Equal(whole, first + second);

        string Text(params string[] arguments)
        {
            var outcome = _workspace.Run(arguments);
            Assert.Equal("", outcome.Error);
            return (string)JsonNode.Parse(outcome.Output)!["text"]!;
        }
    }

    [Theory]
    [InlineData("--cache", "sliding-windo:8", "sliding-window")]
    [InlineData("--cache", "sliding-window:eight", "budget")]
    [InlineData("--cache", "full:3", "no options")]
    [InlineData("--cache", "absent.json", "absent.json")]
    [InlineData("--cache", """{ "name": "sliding-window", "budgets": 3 }""", "budget")]
    [InlineData("--cache", "gate-top-k:3", "scores")]
    [InlineData("--state", "precission", "precision")]
    [InlineData("--session", "absent.session", "absent.session")]
    public void What_is_wrong_with_a_policy_is_said_with_what_would_be_right(string option, string value, string said)
    {
        var outcome = _workspace.Run("generate", "runs/verse", "--prompt", "the ", option, value);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_ends_the_text_before_it()
    {
        var outcome = _workspace.Run("generate", "runs/verse", "--prompt", "the sea ", "--temperature", "0", "--max-tokens", "60", "--stop", " ", "--stop", "e", "--json");

        var answer = JsonNode.Parse(outcome.Output)!;
        Assert.Equal("stop-text", (string)answer["end"]!);
        Assert.DoesNotContain("e", (string)answer["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_without_tokens_is_refused()
    {
        var outcome = _workspace.Run("generate", "runs/verse", "--prompt", "");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--prompt", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_finished_run_is_refused()
    {
        Directory.CreateDirectory(_workspace["empty"]);

        var outcome = _workspace.Run("generate", "empty", "--prompt", "the ");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("no finished run", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>The model, trained once for all tests of the class.</summary>
    public sealed class Trained : IDisposable
    {
        public Trained()
        {
            Workspace.Write("verse.json", """
                {
                  "task": { "name": "language-model", "text": "verse.txt", "tokenizer": "character", "sequenceLength": 32 },
                  "model": {
                    "dModel": 16,
                    "blocks": [{ "mixer": { "name": "attention", "heads": 2 } }, { "mixer": "mipt", "channelMixer": "mlp" }],
                    "norm": "rms"
                  },
                  "training": { "steps": 40, "batchSize": 8, "learningRate": 0.01, "threads": 1 }
                }
                """);
            var outcome = Workspace.Run("train", "verse.json");
            Assert.True(outcome.ExitCode == 0, outcome.Error);
        }

        public Workspace Workspace { get; } = new();

        public void Dispose() => Workspace.Dispose();
    }
}
