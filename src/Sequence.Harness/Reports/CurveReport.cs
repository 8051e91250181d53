using System.Globalization;
using System.Text;
using Sequence.Framework.Training;

namespace Sequence.Harness.Reports;

/// <summary>The curves as comma-separated values, ready to be drawn: one row a metric, place, model and seed.</summary>
public static class CurveReport
{
    /// <summary>The whole file.</summary>
    public static string Write(ComparisonResults results)
    {
        var text = new StringBuilder("metric,axis,at,model,seed,value\n");
        foreach (var cell in results.Cells)
        {
            foreach (var (metric, curve) in cell.Result?.Test.Curves ?? new Dictionary<string, MetricCurve>())
            {
                foreach (var point in curve.Points)
                    text.Append(CultureInfo.InvariantCulture, $"{metric},{curve.Axis},{point.At},{cell.Model},{cell.Seed},{point.Value}\n");
            }
        }

        return text.ToString();
    }
}
