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
