using System.Globalization;

namespace Sequence.Harness.Reports;

/// <summary>Amounts as people read them.</summary>
public static class Amount
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Bytes, such as "12.5 MiB"; "-" for null.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } amount)
            return "-";

        var (value, unit) = ((double)amount, 0);
        while (Math.Abs(value) >= 1024 && unit < Units.Length - 1)
            (value, unit) = (value / 1024, unit + 1);
        return $"{value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>A count with thousands apart, such as "2,734,212"; "-" for null.</summary>
    public static string Count(long? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A time span, such as "1:02:03" or "2:05".</summary>
    public static string Time(TimeSpan time) =>
        time.ToString(time.TotalHours >= 1 ? @"%h\:mm\:ss" : @"%m\:ss", CultureInfo.InvariantCulture);
}
