using System.Globalization;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>What a law measured of a component: the error that is worst beside its tolerance, and where it showed.</summary>
public sealed class Findings
{
    private int _failures;
    private string? _worstFailure;

    /// <summary>Whether every error is within its tolerance.</summary>
    public bool Passed => _failures == 0;

    /// <summary>The worst error. Where something is counted rather than measured (a parameter without a gradient), how often it was seen.</summary>
    public double Worst { get; private set; }

    /// <summary>What was allowed where <see cref="Worst"/> was measured.</summary>
    public double Tolerance { get; private set; }

    /// <summary>The worst error beside its tolerance; negative where nothing was measured.</summary>
    internal double Ratio { get; private set; } = -1;

    /// <summary>For people: what is wrong and where; null where nothing is.</summary>
    public string? Message => _failures > 1 ? $"{_worstFailure} ({_failures - 1} more)" : _worstFailure;

    /// <summary>For people: what was seen beside what is judged; null for nothing.</summary>
    public string? Remark { get; private set; }

    /// <summary>Says something beside what is judged. The last word stays.</summary>
    public void Note(string remark) => Remark = remark;

    /// <summary>Whether the law has no meaning here, and nothing was tried; <see cref="Remark"/> says why.</summary>
    public bool Skipped { get; private set; }

    /// <summary>Nothing is tried, for a reason.</summary>
    internal void Skip(string reason) => (Skipped, Ratio, Remark) = (true, 0, reason);

    /// <summary>The forms that the mixer ran in, each once; one that says so where no kernel ran.</summary>
    public IReadOnlyList<FormUsed> Forms { get; internal set; } = [];

    /// <summary>
    /// Two computations of the same tensor agree within <see cref="Tolerances.Layer"/>. The error is max |e - a| / (1 + r / t |e|), with
    /// expected e, actual a, relative tolerance r and absolute tolerance t: at most t just where |e - a| &lt;= t + r |e| in every element.
    /// In bfloat16 it is max |e - a| / max |e|, and <see cref="Tolerances.BFloat16"/> is allowed.
    /// </summary>
    public void Same(Tensor expected, Tensor actual, Func<string> where)
    {
        if (actual.dtype == ScalarType.BFloat16)
        {
            BesideLargest(expected, actual, Tolerances.BFloat16, where);
            return;
        }

        var (relative, absolute) = Tolerances.Layer(actual.dtype);
        Compare(expected, actual, relative / absolute, absolute, where);
    }

    /// <summary>Two computations of the same tensor agree beside the largest number of it: max |e - a| / max |e|, with expected e and actual a.</summary>
    public void BesideLargest(Tensor expected, Tensor actual, double tolerance, Func<string> where)
    {
        using var scope = NewDisposeScope();
        var largest = expected.numel() == 0 ? 1 : expected.detach().abs().max().to(float64).ToDouble();
        var scale = largest > 0 ? 1 / largest : 1;
        Compare(expected.detach().to(float64) * scale, actual.detach().to(float64) * scale, 0, tolerance, () => string.Create(CultureInfo.InvariantCulture, $"{where()}, beside the largest of {largest:g3}"));
    }

    /// <summary>Two computations give the same bits.</summary>
    public void Exactly(Tensor expected, Tensor actual, Func<string> where) => Compare(expected, actual, 0, 0, where);

    /// <summary>Every number is finite.</summary>
    public void Finite(Tensor values, Func<string> where)
    {
        using var scope = NewDisposeScope();
        var offences = values.numel() - values.detach().isfinite().sum().ToInt64();
        Measure(offences, 0, () => $"{where()}: {offences} of {values.numel()} numbers are not finite");
    }

    /// <summary>An error of another kind.</summary>
    public void Measure(double error, double tolerance, Func<string> where)
    {
        var failed = !(error <= tolerance);
        var ratio = error == 0 ? 0 : double.IsNaN(error) ? double.PositiveInfinity : error / tolerance;
        if (failed)
            _failures++;
        if (ratio <= Ratio)
            return;
        (Ratio, Worst, Tolerance) = (ratio, double.IsNaN(error) ? double.PositiveInfinity : error, tolerance);
        if (failed)
            _worstFailure = where();
    }

    /// <summary>Something that is so or not so.</summary>
    public void Holds(bool condition, Func<string> otherwise) => Measure(condition ? 0 : 1, 0, otherwise);

    /// <summary>The component threw.</summary>
    internal void Threw(Exception problem)
    {
        _failures++;
        (Ratio, Worst, Tolerance) = (double.PositiveInfinity, double.PositiveInfinity, 0);
        _worstFailure = $"threw {problem.GetType().Name}: {problem.Message.Split('\n')[0]}";
    }

    private void Compare(Tensor expected, Tensor actual, double weight, double tolerance, Func<string> where)
    {
        if (!expected.shape.SequenceEqual(actual.shape))
        {
            Measure(double.PositiveInfinity, tolerance, () => $"{where()}: the shape is [{string.Join(", ", actual.shape)}], not [{string.Join(", ", expected.shape)}]");
            return;
        }

        if (expected.numel() == 0)
            return;
        using var scope = NewDisposeScope();
        var (e, a) = (expected.detach().cpu().to(float64), actual.detach().cpu().to(float64));
        var error = (e - a).abs() / (1 + weight * e.abs());
        error = error.masked_fill(error.isfinite().logical_not(), double.PositiveInfinity).flatten();
        var at = error.argmax().ToInt64();
        Measure(error[at].ToDouble(), tolerance, () => string.Create(
            CultureInfo.InvariantCulture, $"{where()}: {Place(at, e.shape)} is {a.flatten()[at].ToDouble():g6}, not {e.flatten()[at].ToDouble():g6}"));
    }

    private static string Place(long at, long[] shape)
    {
        var index = new long[shape.Length];
        for (var dimension = shape.Length - 1; dimension >= 0; dimension--)
            (at, index[dimension]) = Math.DivRem(at, shape[dimension]);
        return index.Length == 3 ? $"row {index[0]}, token {index[1]}, channel {index[2]}" : $"element [{string.Join(", ", index)}]";
    }
}
