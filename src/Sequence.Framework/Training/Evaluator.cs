using Sequence.Framework.Models;
using Sequence.Mixers;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>Scores a split without gradients or dropout: the mean loss over all its targets, and the task's metrics.</summary>
internal sealed class Evaluator(SequenceModel model, ITask task, int batchSize, Device device)
{
    /// <summary>The task's first metric: the one that chooses.</summary>
    public IMetric Chooser { get; } = task.CreateMetrics()[0];

    /// <summary>Evaluates <paramref name="examples"/> after <paramref name="step"/> steps.</summary>
    public Evaluation Evaluate(IDataset examples, string split, long step, CancellationToken stop)
    {
        var metrics = task.CreateMetrics();
        var targets = 0L;
        using var frozen = no_grad();
        using var loss = zeros([], float64, device).DetachFromDisposeScope();
        using var figures = FigureRecord.Begin();
        model.eval();
        try
        {
            foreach (var chosen in BatchOrder.Evaluation(examples, batchSize))
            {
                stop.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var batch = Batch.Of(examples, chosen, task.Targets, device);
                var logits = model.Forward(batch.Inputs, batch.Context);
                loss.add_(batch.Loss(logits, nn.Reduction.Sum).to(ScalarType.Float32).to(float64));
                targets += batch.TargetCount;
                foreach (var metric in metrics)
                    metric.Add(logits, batch.Targets);
            }
        }
        finally
        {
            model.train();
        }

        return new Evaluation(step, split, loss.item<double>() / targets, metrics.ToDictionary(metric => metric.Name, metric => metric.Value), Best: false)
        {
            Curves = metrics.OfType<ICurveMetric>().ToDictionary(metric => metric.Name, metric => new MetricCurve(metric.Axis, metric.Curve)),
            Figures = figures.Means,
        };
    }

    /// <summary>Whether <paramref name="value"/> is better than <paramref name="best"/>; nothing is better than NaN but a number.</summary>
    public bool IsBetter(double value, double best) => !double.IsNaN(value)
        && (double.IsNaN(best) || (Chooser.HigherIsBetter ? value > best : value < best));
}
