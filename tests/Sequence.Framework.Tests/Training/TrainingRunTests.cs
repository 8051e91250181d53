using System.Text.Json.Nodes;
using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Models;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

[Collection(TensorTests.Name)]
public sealed class TrainingRunTests : IDisposable
{
    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(TargetKind.Sequence)]
    [InlineData(TargetKind.Token)]
    public void A_run_learns_and_leaves_its_files(TargetKind targets)
    {
        var observer = new Silent();
        var request = TinyRun.Request(_scratch["run"], targets, TinyRun.Training with { Steps = 120, EvaluateEvery = 40 });
        var result = TrainingRun.Execute(request, observer, CancellationToken.None);

        var folder = new RunFolder(_scratch["run"]);
        Assert.True(result.Test.Metrics["right"] > 0.8, $"right on test: {result.Test.Metrics["right"]}");
        Assert.All(new[] { folder.Config, folder.Environment, folder.Metrics, folder.Model, folder.Parameters, folder.Result }, file => Assert.True(File.Exists(file), file));
        Assert.Equal(result with { Test = null!, Validation = null!, Forms = [] }, folder.ReadResult()! with { Test = null!, Validation = null!, Forms = [] });
        Assert.Equal(result.Test.Metrics, folder.ReadResult()!.Test.Metrics);

        Assert.Equal(120, result.Steps);
        Assert.Equal(9, result.StateTokens);
        Assert.Equal(2 * 16 * sizeof(float), result.StateBytes);
        Assert.True(result.PeakMemoryBytes > 10 << 20);
        Assert.True(result.TokensPerSecond > 0);
        Assert.Equal(["validation", "validation", "validation", "test"], observer.Evaluations.Select(evaluation => evaluation.Split));
        Assert.Equal(120, observer.Progress[^1].Step);
        Assert.Equal(120 + 4, File.ReadLines(folder.Metrics).Count());
    }

    [Fact]
    public void A_run_says_once_which_form_its_mixers_take()
    {
        var observer = new Silent();
        var request = TinyRun.Request(
            _scratch["run"], training: TinyRun.Training with { Steps = 2, EvaluateEvery = 2 }, mixers: [TinyRun.Leaky, TinyRun.Leaky]);
        TrainingRun.Execute(request, observer, CancellationToken.None);

        Assert.Single(observer.Notes, note => note == "leaky: loop over time.");
        var forms = new RunFolder(_scratch["run"]).ReadResult()!.Forms;
        Assert.Equal(new PartForm("leaky", null, "loop over time", null), forms[0]);
        Assert.Equal([("loss", "cross-entropy"), ("optimizer", "adamw")], forms.Skip(1).Select(form => (form.Part, form.Kernel)));
    }

    [Fact]
    public void The_chosen_checkpoint_is_the_best_on_validation_and_scores_the_test()
    {
        var observer = new Silent();
        var task = new TinyTask(TargetKind.Sequence) { Test = new TinyTask.Examples(TargetKind.Sequence, 30, 2) };
        var result = TrainingRun.Execute(TinyRun.Request(_scratch["run"], task: task, training: TinyRun.Training with { Steps = 60, EvaluateEvery = 3 }), observer, CancellationToken.None);

        var validations = observer.Evaluations.Where(evaluation => evaluation.Split == "validation").ToList();
        var best = validations.MaxBy(evaluation => evaluation.Metrics["right"])!;
        Assert.Equal(best.Step, result.BestStep);
        Assert.Equal(best.Metrics, result.Test.Metrics);
        Assert.Equal(best.Loss, result.Test.Loss);
        Assert.Single(observer.Evaluations, evaluation => evaluation.Split == "test");
    }

    [Fact]
    public void Patience_ends_a_run_that_no_longer_improves()
    {
        var training = TinyRun.Training with { Steps = 1_000, EvaluateEvery = 2, Patience = 3, LearningRate = 1e-9 };
        var observer = new Silent();
        var result = TrainingRun.Execute(TinyRun.Request(_scratch["run"], training: training), observer, CancellationToken.None);
        Assert.Equal(2 + 3 * 2, result.Steps);
        Assert.Equal(2, result.BestStep);
        Assert.Contains(observer.Notes, note => note.Contains("without a better right", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_best_and_the_latest_checkpoints_are_kept()
    {
        var result = TrainingRun.Execute(TinyRun.Request(_scratch["run"]), new Silent(), CancellationToken.None);
        var kept = Directory.GetDirectories(new RunFolder(_scratch["run"]).Checkpoints).Select(Path.GetFileName);
        Assert.Equal(new[] { $"step-{result.BestStep:D9}", "step-000000040" }.Distinct().Order(), kept.Order());
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        TrainingRun.Execute(TinyRun.Request(_scratch["one"]), new Silent(), CancellationToken.None);
        rand(5).Dispose();
        TrainingRun.Execute(TinyRun.Request(_scratch["two"]), new Silent(), CancellationToken.None);
        Assert.Equal(RunScratch.Metrics(_scratch["one"]), RunScratch.Metrics(_scratch["two"]));
    }

    [Fact]
    public void No_tensor_outlives_a_run()
    {
        TrainingRun.Execute(TinyRun.Request(_scratch["one"]), new Silent(), CancellationToken.None);
        var before = LivingTensors.Count();
        TrainingRun.Execute(TinyRun.Request(_scratch["two"]), new Silent(), CancellationToken.None);
        Assert.Equal(before, LivingTensors.Count());
    }

    [Fact]
    public void Steps_do_not_add_tensors()
    {
        var counts = new List<long>();
        var observer = new Silent(_ => counts.Add(Tensor.TotalCount));
        TrainingRun.Execute(TinyRun.Request(_scratch["run"], training: TinyRun.Training with { Steps = 600, EvaluateEvery = 600, CheckpointEvery = 100_000 }), observer, CancellationToken.None);
        Assert.True(counts.Count > 2);
        Assert.InRange(counts[^1], 0, counts[1] + 64);
    }

    [Fact]
    public void Decay_is_on_matrices_only()
    {
        manual_seed(1);
        var options = TinyRun.Request(_scratch["none"]).Options;
        using var model = new Models.SequenceModel(options.Model, new(TinyTask.Tokens, 3, TargetKind.Sequence));
        using var optimizer = new ModelOptimizer(model, new TrainingOptions { WeightDecay = 0.5 });
        using var scope = NewDisposeScope();
        var before = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        foreach (var (_, parameter) in model.named_parameters())
            parameter.grad = zeros_like(parameter);
        optimizer.Step(learningRate: 0.1);

        foreach (var (name, parameter) in model.named_parameters())
        {
            var wanted = before[name] * (parameter.dim() > 1 ? 1 - 0.1 * 0.5 : 1);
            Assert.True(parameter.allclose(wanted), name);
        }
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_not_begun_anew()
    {
        var request = TinyRun.Request(_scratch["run"]);
        var result = TrainingRun.Execute(request, new Silent(), CancellationToken.None);
        Assert.Contains("--resume", Assert.Throws<RunFolderException>(() => TrainingRun.Execute(request, new Silent(), CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Equal(result.Test.Loss, TrainingRun.Execute(request with { Resume = true }, new Silent(), CancellationToken.None).Test.Loss);
    }

    [Fact]
    public void A_run_of_another_configuration_is_not_gone_on_with()
    {
        var request = TinyRun.Request(_scratch["run"]);
        TrainingRun.Execute(request, new Silent(), CancellationToken.None);
        var other = request with { Resume = true, Config = new JsonObject { ["model"] = new JsonObject { ["dModel"] = 32 }, ["training"] = request.Config["training"]!.DeepClone() } };
        Assert.Contains("$.model.dModel was 16 and is 32", Assert.Throws<RunFolderException>(() => TrainingRun.Execute(other, new Silent(), CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_split_is_named()
    {
        var task = new TinyTask(TargetKind.Sequence) { Validation = new TinyTask.Examples(TargetKind.Sequence, 0, 1) };
        var error = Assert.Throws<TaskDataException>(() => TrainingRun.Execute(TinyRun.Request(_scratch["run"], task: task), new Silent(), CancellationToken.None));
        Assert.Contains("no validation examples", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_all_of_it()
    {
        var result = TrainingRun.Execute(TinyRun.Request(_scratch["run"], training: new() { BatchSize = 1_000, Epochs = 2.4, Threads = 1 }, task: new TinyTask(TargetKind.Sequence, 5)), new Silent(), CancellationToken.None);
        Assert.Equal(2, result.Steps);
    }

    [Fact]
    public void The_environment_names_the_libraries_and_the_speed()
    {
        TrainingRun.Execute(TinyRun.Request(_scratch["run"]), new Silent(), CancellationToken.None);
        var environment = RunJson.Read<EnvironmentRecord>(new RunFolder(_scratch["run"]).Environment);
        Assert.Equal(2, environment.Threads);
        Assert.NotEmpty(environment.Libtorch);
        Assert.NotEmpty(environment.Blas);
        Assert.True(environment.Gemm1024Gflops > 0);
    }
}
