using System.Diagnostics;
using System.Globalization;
using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Training;

// FOLDER [MILLISECONDS]: does the tiny run, or goes on with it; kills itself, as kill -9 does, that long after its first step
using var stepped = new ManualResetEventSlim();
if (args.Length > 1)
{
    var wait = TimeSpan.FromMilliseconds(double.Parse(args[1], CultureInfo.InvariantCulture));
    new Thread(() =>
    {
        stepped.Wait();
        Thread.Sleep(wait);
        Process.GetCurrentProcess().Kill();
    })
    { IsBackground = true }.Start();
}

TrainingRun.Execute(TinyRun.Request(args[0]) with { Resume = true }, new Silent(_ => stepped.Set()), CancellationToken.None);
