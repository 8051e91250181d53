using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

/// <summary>What a user does, on a GPU.</summary>
[Trait("Device", "cuda")]
public sealed class GpuTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [CudaFact]
    public void Models_are_compared_on_a_gpu_with_what_they_learn_on_the_cpu()
    {
        var losses = new List<double[]>();
        foreach (var device in (string[])["cpu", "cuda"])
        {
            var outcome = _workspace.Run("compare", "compare.json", "--device", device, "--output", device, "--set", "seeds=[1]", "--set", "models.transformer.training.learningRate=0.002", "--json");

            Assert.True(outcome.ExitCode == 0, outcome.Error);
            var results = JsonNode.Parse(outcome.Output)!;
            Assert.StartsWith(device, (string)results["environment"]!["device"]!, StringComparison.Ordinal);
            losses.Add([.. results["cells"]!.AsArray().Select(cell => (double)cell!["result"]!["test"]!["loss"]!)]);
        }

        // dropout draws other numbers there
        foreach (var (here, there) in losses[0].Zip(losses[1]))
            Assert.InRange(there / here, 0.8, 1.25);
    }

    [CudaFact]
    public void A_run_in_bfloat16_goes_on_and_generates()
    {
        _workspace.Write("verse.json", """
            {
              "task": { "name": "language-model", "text": "verse.txt", "tokenizer": "character", "sequenceLength": 24 },
              "model": { "dModel": 16, "blocks": [{ "mixer": "mipt", "channelMixer": "mlp" }], "norm": "rms" },
              "training": { "steps": 6, "batchSize": 8, "checkpointEvery": 2, "threads": 1, "precision": "bfloat16" }
            }
            """);
        var trained = _workspace.Run("train", "verse.json", "--device", "cuda");
        Assert.True(trained.ExitCode == 0, trained.Error);

        var text = _workspace.Run("generate", "runs/verse", "--device", "cuda", "--prompt", "the sea ", "--max-tokens", "10", "--temperature", "0");

        Assert.True(text.ExitCode == 0, text.Error);
        Assert.Equal("the sea ".Length + 10 + 1, text.Output.Length);
    }

    [CudaFact]
    public void Passes_and_steps_are_measured_on_a_gpu()
    {
        _workspace.Write("passes.json", """
            { "models": { "gla": { "model": { "dModel": 16, "blocks": [{ "mixer": { "name": "gla", "heads": 2 } }], "norm": "rms" } } }, "lengths": [16, 64], "batchTokens": 64, "rounds": 1, "threads": 1 }
            """);
        _workspace.Write("steps.json", """
            { "models": { "mipt": { "model": { "dModel": 16, "blocks": [{ "mixer": "mipt" }], "norm": "rms" } } }, "positions": [16, 40], "tokens": 4, "turn": 2, "piece": 10, "threads": 1 }
            """);
        foreach (var (file, rows) in new[] { ("passes.json", 4), ("steps.json", 2) })
        {
            var outcome = _workspace.Run("bench", file, "--device", "cuda", "--json");

            Assert.True(outcome.ExitCode == 0, outcome.Error);
            var measured = JsonNode.Parse(outcome.Output)!.AsArray();
            Assert.Equal(rows, measured.Count);
            Assert.All(measured, row => Assert.Null(row!["failed"]));
        }
    }
}
