using System.Diagnostics;
using System.Globalization;
using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Training;

// FOLDER [MILLISECONDS]: does the tiny run, or goes on with it; kills itself, as kill -9 does, that long after it has begun
var request = TinyRun.Request(args[0]) with { Resume = true };
if (args.Length > 1)
{
    var wait = TimeSpan.FromMilliseconds(double.Parse(args[1], CultureInfo.InvariantCulture));
    new Thread(() =>
    {
        while (!Directory.Exists(new RunFolder(args[0]).Checkpoints) && !new RunFolder(args[0]).HasResult)
            Thread.Sleep(1);
        Thread.Sleep(wait);
        Process.GetCurrentProcess().Kill();
    })
    { IsBackground = true }.Start();
}

TrainingRun.Execute(request, new Silent(), CancellationToken.None);
