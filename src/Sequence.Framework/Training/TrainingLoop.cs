using System.Diagnostics;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>
/// Steps, evaluations and checkpoints, to the last step or until patience ends. Every step draws its data order and its random numbers from
/// the run's seed and the step's number alone, so a loop that goes on from a checkpoint does exactly what it would have done.
/// </summary>
internal sealed class TrainingLoop(
    SequenceModel model, ITask task, ModelOptimizer optimizer, RunRequest request, CheckpointFolder checkpoints, MetricsLog log, ITrainingObserver observer)
{
    private readonly TrainingOptions _options = request.Options.Training;
    private readonly Evaluator _evaluator = new(model, task, request.Options.Training.BatchSize, request.Device);
    private readonly long _perEpoch = (task.Training.Count + request.Options.Training.BatchSize - 1L) / request.Options.Training.BatchSize;
    private readonly LearningRate _learningRate = new(request.Options.Training, StepsOf(request.Options.Training, task));
    private readonly ProgressMeter _meter = new(observer, StepsOf(request.Options.Training, task));
    private readonly List<PartForm> _others = [];
    private readonly LateSteps _late = new();
    private bool _said, _isSaved;
    private float _lastLoss;
    private (long Epoch, IDataset Examples, int[][] Batches) _pass = (-1, task.Training, []);

    /// <summary>
    /// Whether the numbers of a step may be looked at after those behind it: where waiting for them would let the device rest. A step that spoils the
    /// parameters is then found late, though before a checkpoint or an evaluation, and looked for from the checkpoint before.
    /// </summary>
    internal bool LooksLate { get; init; } = LateSteps.Suits(request.Device);

    /// <summary>Steps planned.</summary>
    public long Steps { get; } = StepsOf(request.Options.Training, task);

    /// <summary>Where the loop stands.</summary>
    public LoopState State { get; private set; } = new();

    /// <summary>How the parts of the run computed their first work; empty before.</summary>
    public IReadOnlyList<PartForm> Forms => [.. model.Forms, .. _others.Distinct()];

    /// <summary>Goes on from <paramref name="state"/> to the end.</summary>
    /// <exception cref="RunInterruptedException"><paramref name="stop"/> was asked for; a checkpoint is written.</exception>
    /// <exception cref="TrainingDivergedException">The loss or the gradient is not finite.</exception>
    public void Run(LoopState state, CancellationToken stop)
    {
        State = state;
        _isSaved = state.Step > 0;
        try
        {
            Continue(stop);
        }
        finally
        {
            _late.Drop();
        }
    }

    /// <summary>The one evaluation on the test examples.</summary>
    public Evaluation Test(CancellationToken stop)
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            var test = _evaluator.Evaluate(task.Test, "test", State.Best!.Step, stop);
            Tell(test, started);
            return test;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new RunInterruptedException(State.Step, Steps, request.Folder);
        }
    }

    private void Continue(CancellationToken stop)
    {
        while (true)
        {
            if (IsEvaluationDue && State.EvaluatedStep < State.Step)
                Evaluate(stop);
            if (IsOver)
                return;
            if (stop.IsCancellationRequested)
                throw Interrupted();

            Step();
            if (State.Step % _options.CheckpointEvery == 0 && !IsEvaluationDue)
                Save();
        }
    }

    private bool IsEvaluationDue => State.Step == Steps || (State.Step > 0 && State.Step % (_options.EvaluateEvery ?? _perEpoch) == 0);

    private bool IsOver => State.Step >= Steps || State.EvaluationsWithoutBetter >= (_options.Patience ?? int.MaxValue);

    private static long StepsOf(TrainingOptions options, ITask task) =>
        options.Steps ?? Math.Max(1, (long)Math.Round(options.Epochs * ((task.Training.Count + options.BatchSize - 1L) / options.BatchSize)));

    private void Step()
    {
        var started = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        var step = State.Step;
        var batch = Next(step);

        Seed(step);
        var loss = Recorded("loss", () => model.Loss(batch.Inputs, batch.Context, batch.Targets, batch.TargetCount > 0 ? nn.Reduction.Mean : nn.Reduction.Sum));
        if (LooksLate && _isSaved)
        {
            StepOn(loss, batch, started);
            return;
        }

        var value = loss.item<float>();
        if (!float.IsFinite(value))
        {
            Seed(step);
            throw Diverged($"the loss is {value}", Divergence.InForward(model, batch));
        }

        loss.backward();
        var norm = nn.utils.clip_grad_norm_(model.parameters(), LargestNorm);
        if (!double.IsFinite(norm))
            throw Diverged($"the loss is {value}, the norm of its gradient {norm}", Divergence.InBackward(model));

        var rate = Update(batch, started);
        log.Write(new StepLine(State.Step, value, rate, norm, State.Tokens, State.Seconds));
        _meter.Stepped(State, () => value, rate);
    }

    /// <summary>The rest of a step, without a wait for its numbers.</summary>
    private void StepOn(Tensor loss, Batch batch, long started)
    {
        loss.backward();
        var norm = LateSteps.Clip(model, LargestNorm);
        var rate = Update(batch, started);
        _late.Add(loss, norm, State, rate);
        if (_late.IsFull)
            Look();
        _meter.Stepped(State, () =>
        {
            Look();
            return _lastLoss;
        }, rate);
    }

    private double LargestNorm => _options.ClipNorm > 0 ? _options.ClipNorm : double.PositiveInfinity;

    /// <summary>Moves the parameters and the state on; the learning rate that it took.</summary>
    private double Update(Batch batch, long started)
    {
        var rate = _learningRate.At(State.Step);
        Recorded("optimizer", () => optimizer.Step(rate));
        SayForms();
        model.zero_grad();
        State = State with
        {
            Step = State.Step + 1,
            Tokens = State.Tokens + batch.TokenCount,
            Seconds = State.Seconds + Stopwatch.GetElapsedTime(started).TotalSeconds,
        };
        return rate;
    }

    /// <summary>Writes down what the device has computed by now, and stops at what is not finite.</summary>
    private void Look()
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var step in _late.Read())
        {
            if (!step.IsFinite)
                throw Traced(step);
            log.Write(new StepLine(step.State.Step, step.Loss, step.Rate, step.Norm, step.State.Tokens, step.State.Seconds));
            _lastLoss = step.Loss;
        }

        State = State with { Seconds = State.Seconds + Stopwatch.GetElapsedTime(started).TotalSeconds };
    }

    /// <summary>Where a step diverged that has spoiled the parameters since: the steps from the last checkpoint to it are done again, each looked at.</summary>
    private TrainingDivergedException Traced(LateStep bad)
    {
        var where = "The steps since the last checkpoint were done again, and all was finite.";
        (State, _isSaved) = (checkpoints.Restore(model, optimizer)!, false);
        log.CutTo(State.MetricsLength);
        model.zero_grad();
        try
        {
            while (State.Step < bad.State.Step)
                Step();
        }
        catch (TrainingDivergedException again)
        {
            where = again.Where;
        }

        return new TrainingDivergedException(bad.State.Step, $"the loss is {bad.Loss}, the norm of its gradient {bad.Norm}", where, checkpoints.Latest);
    }

    /// <summary>Takes down, the first time, which forms a part of the step runs in.</summary>
    private T Recorded<T>(string part, Func<T> work)
    {
        if (_said)
            return work();
        using var record = FormRecord.Begin();
        var result = work();
        _others.AddRange(record.Forms.Select(form => new PartForm(part, form)));
        return result;
    }

    private void Recorded(string part, Action work) => Recorded(part, () =>
    {
        work();
        return true;
    });

    private void SayForms()
    {
        if (_said)
            return;
        _said = true;
        foreach (var form in Forms)
            observer.Note($"{form}.");
    }

    private Batch Next(long step)
    {
        var epoch = step / _perEpoch;
        if (_pass.Epoch != epoch)
        {
            var examples = task.Training is IEndlessDataset endless ? endless.Pass(request.Options.Seed, epoch) : task.Training;
            _pass = (epoch, examples, BatchOrder.Training(examples, _options.BatchSize, request.Options.Seed, epoch));
        }

        return Batch.Of(_pass.Examples, _pass.Batches[step % _perEpoch], task.Targets, request.Device);
    }

    /// <summary>Dropout and every other draw of a step come from a stream of the step's own.</summary>
    private void Seed(long step) => manual_seed((long)(new SplitMix(request.Options.Seed, step).Next() >> 1));

    private void Evaluate(CancellationToken stop)
    {
        Look();
        Evaluation found;
        var started = Stopwatch.GetTimestamp();
        try
        {
            found = _evaluator.Evaluate(task.Validation, "validation", State.Step, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw Interrupted();
        }

        var chooser = _evaluator.Chooser.Name;
        var better = State.Best is not { } best || _evaluator.IsBetter(found.Metrics[chooser], best.Metrics[chooser]);
        found = found with { Best = better };
        State = State with
        {
            EvaluatedStep = State.Step,
            Best = better ? found : State.Best,
            EvaluationsWithoutBetter = better ? 0 : State.EvaluationsWithoutBetter + 1,
        };
        Tell(found, started);
        Save();

        if (IsOver && State.Step < Steps)
            observer.Note($"Stopped after step {State.Step:N0} of {Steps:N0}: {State.EvaluationsWithoutBetter} evaluations without a better {chooser} than {State.Best!.Metrics[chooser]:G5} after step {State.Best.Step:N0}.");
    }

    private void Tell(Evaluation evaluation, long started)
    {
        log.Write(new EvaluationLine(
            evaluation.Step, evaluation.Split, evaluation.Loss, evaluation.Metrics, evaluation.Curves.Count == 0 ? null : evaluation.Curves,
            evaluation.Best, Stopwatch.GetElapsedTime(started).TotalSeconds));
        observer.Evaluated(evaluation);
    }

    private void Save()
    {
        Look();
        State = State with
        {
            MetricsLength = log.Flush(),
            PeakMemoryBytes = Math.Max(State.PeakMemoryBytes, PeakMemory.Bytes(request.Device)),
        };
        checkpoints.Save(model, optimizer, State);
        _isSaved = true;
    }

    private RunInterruptedException Interrupted()
    {
        if (State.Step > 0)
            Save();
        return new RunInterruptedException(State.Step, Steps, request.Folder);
    }

    private TrainingDivergedException Diverged(string what, string where) => new(State.Step + 1, what, where, checkpoints.Latest);
}
