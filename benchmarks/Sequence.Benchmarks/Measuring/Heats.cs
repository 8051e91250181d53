namespace Sequence.Benchmarks.Measuring;

/// <summary>
/// Which forms of a peer are fast enough to take turns with ours. Each is called three times, in turn, and its fastest call counts, for one slow call may be the
/// machine's; a form whose first call is beyond what a machine explains is called once.
/// </summary>
/// <param name="kept">The forms that go on, with their fastest call in milliseconds.</param>
/// <param name="dropped">The others, with the reason.</param>
public sealed class Heats(IReadOnlyDictionary<string, double> kept, IReadOnlyDictionary<string, string> dropped)
{
    private const double MuchSlower = 1.5;
    private const double Hopeless = 5;
    private const int Calls = 3;

    /// <summary>The forms that go on, with their fastest call in milliseconds.</summary>
    public IReadOnlyDictionary<string, double> Kept { get; } = kept;

    /// <summary>The others, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Dropped { get; } = dropped;

    /// <summary>Calls each form.</summary>
    /// <param name="forms">By name: one call, in milliseconds.</param>
    public static Heats Run(IReadOnlyDictionary<string, Func<double>> forms)
    {
        var best = forms.ToDictionary(form => form.Key, form => form.Value());
        var calls = forms.ToDictionary(form => form.Key, _ => 1);
        if (forms.Count > 1)
        {
            for (var round = 1; round < Calls; round++)
            {
                foreach (var (name, call) in forms.Where(form => best[form.Key] <= Hopeless * best.Values.Min()))
                {
                    best[name] = Math.Min(best[name], call());
                    calls[name]++;
                }
            }
        }

        var fastest = best.MinBy(form => form.Value);
        var kept = best.Where(form => form.Value <= MuchSlower * fastest.Value).ToDictionary();
        return new(kept, best.Where(form => !kept.ContainsKey(form.Key)).ToDictionary(
            form => form.Key,
            form => FormattableString.Invariant($"{form.Value:0.0} ms at best in {Number(calls[form.Key])}, {fastest.Key} {fastest.Value:0.0} ms")));
    }

    private static string Number(int calls) => calls == 1 ? "one call" : $"{calls} calls";
}
