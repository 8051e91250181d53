using System.Diagnostics;
using System.Globalization;
using Sequence.Fixtures.TinyRuns;
using Sequence.Tasks;

namespace Sequence.Framework.Training;

[Collection(TensorTests.Name)]
public sealed class ResumeTests : IDisposable
{
    private const int Kills = 8;
    private const int WholeBatches = 11;

    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(TargetKind.Sequence)]
    [InlineData(TargetKind.Token)]
    public void A_run_stopped_after_any_step_ends_as_if_it_had_not_been(TargetKind targets)
    {
        var undisturbed = TrainingRun.Execute(TinyRun.Request(_scratch["whole"], targets), new Silent(), CancellationToken.None);

        var random = new Random(9);
        var stops = 0;
        while (!new RunFolder(_scratch["parts"]).HasResult)
        {
            using var stop = new CancellationTokenSource();
            var request = TinyRun.Request(_scratch["parts"], targets, task: new StoppingTask(new TinyTask(targets), random.Next(1, 120), stop)) with { Resume = true };
            try
            {
                TrainingRun.Execute(request, new Silent(), stop.Token);
            }
            catch (RunInterruptedException interrupted)
            {
                stops++;
                Assert.Contains("--resume", interrupted.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(stops, 3, 200);
        var resumed = new RunFolder(_scratch["parts"]).ReadResult()!;
        Assert.Equal(RunScratch.Metrics(_scratch["whole"]), RunScratch.Metrics(_scratch["parts"]));
        Assert.Equal(File.ReadAllBytes(new RunFolder(_scratch["whole"]).Parameters), File.ReadAllBytes(new RunFolder(_scratch["parts"]).Parameters));
        Assert.Equal(undisturbed.Test.Loss, resumed.Test.Loss);
        Assert.Equal(undisturbed.BestStep, resumed.BestStep);
    }

    [Fact]
    public void A_run_killed_at_any_moment_ends_as_if_it_had_not_been()
    {
        TrainingRun.Execute(TinyRun.Request(_scratch["whole"]), new Silent(), CancellationToken.None);

        var random = new Random(4);
        var killed = 0;
        for (var round = 0; round < Kills; round++)
            killed += Child(_scratch["killed"], random.Next(400)) == 0 ? 0 : 1;
        Assert.Equal(0, Child(_scratch["killed"], null));

        Assert.True(killed > 0, "Every child ended before it could be killed.");
        Assert.Equal(RunScratch.Metrics(_scratch["whole"]), RunScratch.Metrics(_scratch["killed"]));
        Assert.Equal(File.ReadAllBytes(new RunFolder(_scratch["whole"]).Parameters), File.ReadAllBytes(new RunFolder(_scratch["killed"]).Parameters));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    public void Parameters_without_a_gradient_in_some_steps_resume_exactly(int reads)
    {
        TrainingRun.Execute(Request("whole", null), new Silent(), CancellationToken.None);

        using var stop = new CancellationTokenSource();
        var stopping = Request("parts", new StoppingTask(new TinyTask(TargetKind.Sequence), reads, stop));
        Assert.Throws<RunInterruptedException>(() => TrainingRun.Execute(stopping, new Silent(), stop.Token));
        TrainingRun.Execute(Request("parts", null), new Silent(), CancellationToken.None);
        Assert.Equal(RunScratch.Metrics(_scratch["whole"]), RunScratch.Metrics(_scratch["parts"]));
        Assert.Equal(File.ReadAllBytes(new RunFolder(_scratch["whole"]).Parameters), File.ReadAllBytes(new RunFolder(_scratch["parts"]).Parameters));

        RunRequest Request(string name, ITask? task) =>
            TinyRun.Request(_scratch[name], task: task, mixers: [TinyRun.Leaky, new("odd", new(), context => new OddMixer(context.Width))]) with { Resume = true };
    }

    [Theory]
    [InlineData(4 * 8, 4)]
    [InlineData(9 * 8 + 1, 9)]
    public void A_run_stopped_again_and_again_after_one_step_ends_as_if_it_had_not_been(int reads, long step)
    {
        var task = new TinyTask(TargetKind.Sequence, WholeBatches * TinyRun.Training.BatchSize);
        TrainingRun.Execute(TinyRun.Request(_scratch["whole"], task: task), new Silent(), CancellationToken.None);

        var request = TinyRun.Request(_scratch["parts"], task: task) with { Resume = true };
        using var stop = new CancellationTokenSource();
        Assert.Throws<RunInterruptedException>(() => TrainingRun.Execute(request with { Task = new StoppingTask(task, reads, stop) }, new Silent(), stop.Token));
        for (var again = 0; again < 3; again++)
        {
            Assert.Throws<RunInterruptedException>(() => TrainingRun.Execute(request, new Silent(), new CancellationToken(canceled: true)));
            Assert.Equal(step, new CheckpointFolder(new RunFolder(_scratch["parts"]).Checkpoints).ReadLatestState()!.Step);
        }

        TrainingRun.Execute(request, new Silent(), CancellationToken.None);
        Assert.Equal(RunScratch.Metrics(_scratch["whole"]), RunScratch.Metrics(_scratch["parts"]));
        Assert.Equal(File.ReadAllBytes(new RunFolder(_scratch["whole"]).Parameters), File.ReadAllBytes(new RunFolder(_scratch["parts"]).Parameters));
    }

    [Fact]
    public void Resuming_keeps_the_threads_that_the_run_began_with()
    {
        var training = TinyRun.Training with { Threads = null };
        StopEarly(training);

        var checkpoint = Directory.GetDirectories(new RunFolder(_scratch["run"]).Checkpoints).Order(StringComparer.Ordinal).Last();
        var loop = Path.Combine(checkpoint, "loop.json");
        var others = Environment.ProcessorCount + 1;
        File.WriteAllText(loop, File.ReadAllText(loop).Replace($"\"threads\": {Environment.ProcessorCount}", $"\"threads\": {others}", StringComparison.Ordinal));

        var observer = new Silent();
        TrainingRun.Execute(TinyRun.Request(_scratch["run"], training: training) with { Resume = true }, observer, CancellationToken.None);
        Assert.Contains(observer.Notes, note => note.StartsWith($"Keeping the {others} threads", StringComparison.Ordinal));
        Assert.Equal([Environment.ProcessorCount, others], EnvironmentLog.Read(new RunFolder(_scratch["run"])).Select(record => (int)record["threads"]!));
        Assert.Contains(observer.Notes, note => note.Contains($"environment-2.json: threads was {Environment.ProcessorCount} and is {others}.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_checkpoint_is_named()
    {
        StopEarly(TinyRun.Training);

        var checkpoint = Directory.GetDirectories(new RunFolder(_scratch["run"]).Checkpoints).Order(StringComparer.Ordinal).Last();
        var tensors = Path.Combine(checkpoint, "model.safetensors");
        using (var stream = File.OpenWrite(tensors))
            stream.SetLength(stream.Length - 1);
        var error = Assert.Throws<InvalidDataException>(() => TrainingRun.Execute(TinyRun.Request(_scratch["run"]) with { Resume = true }, new Silent(), CancellationToken.None));
        Assert.Contains(tensors, error.Message, StringComparison.Ordinal);
    }

    private void StopEarly(TrainingOptions training)
    {
        using var stop = new CancellationTokenSource();
        var request = TinyRun.Request(_scratch["run"], training: training, task: new StoppingTask(new TinyTask(TargetKind.Sequence), 45, stop));
        Assert.Throws<RunInterruptedException>(() => TrainingRun.Execute(request, new Silent(), stop.Token));
    }

    private static int Child(string folder, int? killAfter)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet") { RedirectStandardError = true };
        start.ArgumentList.Add(typeof(TinyRun).Assembly.Location);
        start.ArgumentList.Add(folder);
        if (killAfter is { } milliseconds)
            start.ArgumentList.Add(milliseconds.ToString(CultureInfo.InvariantCulture));
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0 || killAfter is not null, errors);
        return child.ExitCode;
    }
}
