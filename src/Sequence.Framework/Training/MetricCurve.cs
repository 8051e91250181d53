using Sequence.Tasks;

namespace Sequence.Framework.Training;

/// <summary>A metric along an axis, as one evaluation found it.</summary>
/// <param name="Axis">What it runs over: "length".</param>
/// <param name="Points">The values, by rising place on the axis.</param>
public sealed record MetricCurve(string Axis, IReadOnlyList<CurvePoint> Points);
