using System.Diagnostics;

namespace Sequence.Benchmarks.Measuring;

/// <summary>A contestant, whose turns are long enough to be timed: as many calls as take some milliseconds.</summary>
internal sealed class Turn
{
    private const double LeastMs = 20;
    private const double WarmMs = 300;

    private readonly Func<int, double> _millisecondsACall;
    private readonly int _calls;

    /// <summary>One that counts its calls itself.</summary>
    /// <param name="millisecondsACall">So many calls, and their mean time.</param>
    /// <param name="firstMs">What a first call took; where it is not given, there is one now.</param>
    public Turn(Func<int, double> millisecondsACall, double? firstMs = null)
    {
        _millisecondsACall = millisecondsACall;
        FirstMs = firstMs ?? millisecondsACall(1);
        _calls = (int)Math.Clamp(Math.Ceiling(LeastMs / Math.Max(FirstMs, 1e-3)), 1, 1_000);
    }

    /// <summary>One of ours.</summary>
    /// <param name="call">What is timed.</param>
    /// <param name="finish">Waits until what the calls began is done.</param>
    /// <param name="firstMs">What a first call took; where it is not given, there is one now.</param>
    public Turn(Action call, Action finish, double? firstMs = null) : this(calls => Milliseconds(call, calls, finish), firstMs)
    {
    }

    /// <summary>One of ours that has run for a while: its code is compiled, its memory is there.</summary>
    public static Turn Warm(Action call, Action finish)
    {
        var start = Stopwatch.GetTimestamp();
        double last;
        do
            last = Milliseconds(call, 1, finish);
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmMs);
        return new Turn(call, finish, last);
    }

    /// <summary>Milliseconds of the first call, which is not counted.</summary>
    public double FirstMs { get; }

    /// <summary>Milliseconds a call.</summary>
    public double Take() => _millisecondsACall(_calls);

    /// <summary>Calls, and their mean time from when all before is done until they are: a GPU is given the next call while it works on the last.</summary>
    public static double Milliseconds(Action call, int calls, Action finish)
    {
        finish();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
            call();
        finish();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / calls;
    }
}
