namespace Sequence.Tasks;

/// <summary>A metric that is also known along an axis, such as the length of the sequence.</summary>
public interface ICurveMetric : IMetric
{
    /// <summary>What the curve runs over, in a word: "length".</summary>
    string Axis { get; }

    /// <summary>The values over everything added, by rising <see cref="CurvePoint.At"/>; empty before the first target.</summary>
    IReadOnlyList<CurvePoint> Curve { get; }
}

/// <summary>One point of a curve.</summary>
/// <param name="At">Where on the axis.</param>
/// <param name="Value">The metric there.</param>
public readonly record struct CurvePoint(double At, double Value);
