using System.Globalization;

namespace Sequence.Harness.Reports;

/// <summary>
/// Values of one figure over seeds: the mean m = (1/n) sum x and the sample standard deviation s = sqrt(sum (x - m)^2 / (n - 1)),
/// which one value does not have.
/// </summary>
/// <param name="values">The values x, in the order of the seeds.</param>
public sealed class Spread(IReadOnlyList<double> values)
{
    /// <summary>The values.</summary>
    public IReadOnlyList<double> Values { get; } = values;

    /// <summary>How many there are, n.</summary>
    public int Count => Values.Count;

    /// <summary>The mean; NaN of nothing.</summary>
    public double Mean => Count == 0 ? double.NaN : Values.Sum() / Count;

    /// <summary>The sample standard deviation; null below two values.</summary>
    public double? Deviation
    {
        get
        {
            if (Count < 2)
                return null;

            var mean = Mean;
            return Math.Sqrt(Values.Sum(value => (value - mean) * (value - mean)) / (Count - 1));
        }
    }

    /// <summary>Mean and deviation for people, such as "0.8912 ± 0.0031"; the mean alone where there is no deviation.</summary>
    /// <param name="format">A numeric format for both.</param>
    public string ToString(string format)
    {
        var mean = Mean.ToString(format, CultureInfo.InvariantCulture);
        return Deviation is { } deviation ? $"{mean} ± {deviation.ToString(format, CultureInfo.InvariantCulture)}" : mean;
    }

    /// <inheritdoc/>
    public override string ToString() => ToString("0.0000");
}
