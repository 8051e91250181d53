using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>
/// Derivatives by central differences in float64. Where the first formula disagrees, the second decides, whose error is of a higher order in h:
/// a function may be steeply curved, such as a norm near zero.
/// <code>
/// (f(v + h) - f(v - h)) / 2h
/// (8 (f(v + h) - f(v - h)) - (f(v + 2h) - f(v - 2h))) / 12h
/// </code>
/// </summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5;
    private const int Probes = 3;

    /// <summary>Compares them to the gradients that <paramref name="loss"/> gives, at a few elements of each tensor.</summary>
    /// <param name="findings">Where differences go.</param>
    /// <param name="loss">A scalar, made anew at each call.</param>
    /// <param name="tensors">What it depends on: leaves that want gradients.</param>
    /// <param name="seed">Which elements.</param>
    public static void Compare(Findings findings, Func<Tensor> loss, IEnumerable<(string Name, Tensor Tensor)> tensors, long seed)
    {
        var random = new Random((int)seed);
        loss().backward();
        foreach (var (name, tensor) in tensors)
        {
            // no gradient is a derivative of zero: of a part that short sequences do not come to, such as an aggregator of chunks longer than they are
            var reached = tensor.grad is not null;
            var gradient = tensor.grad ?? zeros_like(tensor);
            var values = tensor.detach().view(-1);
            for (var probe = 0; probe < Probes; probe++)
            {
                var at = random.NextInt64(values.numel());
                var actual = gradient.reshape(-1)[at].ToDouble();
                var expected = Derivative(loss, values, at, actual);
                findings.Measure(
                    Off(expected, actual),
                    Tolerances.Derivative,
                    () => FormattableString.Invariant($"the derivative by {name}[{at}] is {actual:g8}{(reached ? "" : ", for no gradient reaches it")}; central differences give {expected:g8}"));
            }
        }
    }

    private static double Off(double expected, double actual) => Math.Abs(expected - actual) / Math.Max(1, Math.Abs(expected));

    private static double Derivative(Func<Tensor> loss, Tensor values, long at, double claimed)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var value = values[at].ToDouble();
        double Across(double step)
        {
            values[at] = value + step;
            var above = loss().ToDouble();
            values[at] = value - step;
            var below = loss().ToDouble();
            values[at] = value;
            return above - below;
        }

        var near = Across(Step);
        var slope = near / (2 * Step);
        return Off(slope, claimed) <= Tolerances.Derivative ? slope : (8 * near - Across(2 * Step)) / (12 * Step);
    }
}
