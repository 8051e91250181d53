using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

public sealed class LossTests
{
    private const int B = 5;
    private const int C = 3;

    private static readonly double[] X = Numbers.Spread(B * C, 7);
    private static readonly double[] Y = Numbers.Spread(B * C, 8);
    private static readonly long[] Classes = [0, 2, 1, 2, 0];

    [Theory]
    [InlineData(Reduction.Mean)]
    [InlineData(Reduction.Sum)]
    public void Losses_of_differences(Reduction reduction)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Numbers.Tensor(X, B, C), Numbers.Tensor(Y, B, C));
        double Reduce(Func<double, double> of) => X.Zip(Y, (a, b) => of(a - b)).Sum() / (reduction == Reduction.Mean ? B * C : 1);
        Numbers.Near([Reduce(d => d * d)], MSELoss(reduction).call(x, y), Numbers.DoubleTolerance);
        Numbers.Near([Reduce(Math.Abs)], L1Loss(reduction).call(x, y), Numbers.DoubleTolerance);
        Numbers.Near([Reduce(d => Math.Abs(d) < 0.5 ? d * d / 2 : 0.5 * (Math.Abs(d) - 0.25))], HuberLoss(0.5, reduction).call(x, y), Numbers.DoubleTolerance);
        Numbers.Near([Reduce(d => Math.Abs(d) < 1 ? d * d / 2 : Math.Abs(d) - 0.5)], SmoothL1Loss(reduction).call(x, y), Numbers.DoubleTolerance);
    }

    [Fact]
    public void Cross_entropy_is_the_mean_negative_log_probability_of_the_classes_that_count()
    {
        using var scope = NewDisposeScope();
        var (x, classes) = (Numbers.Tensor(X, B, C), tensor(Classes));
        var surprise = Enumerable.Range(0, B).Select(row => -LogSoftmax(row)[Classes[row]]).ToArray();
        Numbers.Near([surprise.Average()], CrossEntropyLoss().call(x, classes), Numbers.DoubleTolerance);
        Numbers.Near(surprise, CrossEntropyLoss(reduction: Reduction.None).call(x, classes), Numbers.DoubleTolerance);
        Numbers.Near([surprise.Where((_, row) => Classes[row] != 2).Average()], CrossEntropyLoss(ignore_index: 2).call(x, classes), Numbers.DoubleTolerance);

        double[] weights = [1, 2, 3];
        var weighted = surprise.Select((value, row) => value * weights[Classes[row]]).Sum() / Classes.Sum(c => weights[c]);
        Numbers.Near([weighted], CrossEntropyLoss(Numbers.Tensor(weights, C)).call(x, classes), Numbers.DoubleTolerance);
        Numbers.Near([weighted], NLLLoss(Numbers.Tensor(weights, C)).call(x.log_softmax(1), classes), Numbers.DoubleTolerance);

        var smoothed = Enumerable.Range(0, B).Select(row => 0.9 * surprise[row] - 0.1 * LogSoftmax(row).Average()).Average();
        Numbers.Near([smoothed], new CrossEntropyLoss(label_smoothing: 0.1).call(x, classes), Numbers.DoubleTolerance);
    }

    [Fact]
    public void Binary_cross_entropy_of_logits()
    {
        using var scope = NewDisposeScope();
        var targets = Y.Select(value => value > 0 ? 1.0 : 0.0).ToArray();
        double Loss(double positive) => X.Zip(targets, (x, t) => positive * t * Math.Log(1 + Math.Exp(-x)) + (1 - t) * (x + Math.Log(1 + Math.Exp(-x)))).Average();
        var (logits, target) = (Numbers.Tensor(X, B, C), Numbers.Tensor(targets, B, C));
        Numbers.Near([Loss(1)], BCEWithLogitsLoss().call(logits, target), Numbers.DoubleTolerance);
        Numbers.Near([Loss(2)], BCEWithLogitsLoss(pos_weights: Numbers.Tensor([2, 2, 2], C)).call(logits, target), Numbers.DoubleTolerance);
    }

    [Fact]
    public void Kullback_Leibler_divergence_of_log_probabilities()
    {
        using var scope = NewDisposeScope();
        var (p, q) = (Numbers.Tensor(X, B, C).log_softmax(1), Numbers.Tensor(Y, B, C).log_softmax(1));
        var expected = Numbers.Of(q).Zip(Numbers.Of(p), (target, input) => Math.Exp(target) * (target - input)).Sum();
        Numbers.Near([expected], KLDivLoss(log_target: true, Reduction.Sum).call(p, q), Numbers.DoubleTolerance);
        Numbers.Near([expected], KLDivLoss(log_target: false, Reduction.Sum).call(p, q.exp()), Numbers.DoubleTolerance);
    }

    private static double[] LogSoftmax(int row)
    {
        var logits = X[(row * C)..(row * C + C)];
        var total = Math.Log(logits.Sum(Math.Exp));
        return [.. logits.Select(value => value - total)];
    }
}
