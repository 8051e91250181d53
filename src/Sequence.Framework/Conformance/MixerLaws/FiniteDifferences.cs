using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Derivatives by central differences, (f(v + h) - f(v - h)) / 2h, in float64.</summary>
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
            if (tensor.grad is not { } gradient)
            {
                findings.Holds(false, () => $"no gradient reaches {name}");
                continue;
            }

            var values = tensor.detach().view(-1);
            for (var probe = 0; probe < Probes; probe++)
            {
                var at = random.NextInt64(values.numel());
                var expected = Derivative(loss, values, at);
                var actual = gradient.reshape(-1)[at].ToDouble();
                findings.Measure(
                    Math.Abs(expected - actual) / Math.Max(1, Math.Abs(expected)),
                    Tolerances.Derivative,
                    () => FormattableString.Invariant($"the derivative by {name}[{at}] is {actual:g8}; central differences give {expected:g8}"));
            }
        }
    }

    private static double Derivative(Func<Tensor> loss, Tensor values, long at)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var value = values[at].ToDouble();
        double Loss(double moved)
        {
            values[at] = moved;
            return loss().ToDouble();
        }

        var slope = (Loss(value + Step) - Loss(value - Step)) / (2 * Step);
        values[at] = value;
        return slope;
    }
}
