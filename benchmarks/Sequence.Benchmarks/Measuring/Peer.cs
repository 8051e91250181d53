using System.Diagnostics;
using System.Text.Json;

namespace Sequence.Benchmarks.Measuring;

/// <summary>The other side of a measurement: a Python program of <c>benchmarks/peers</c> that answers one request a line with a line of JSON.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private readonly string _script;

    private Peer(Process process, string script)
    {
        _process = process;
        _script = script;
    }

    /// <param name="script">File name in benchmarks/peers.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Peer Start(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, [Path.Combine(Folder, script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // as our provider sets it for us: idle threads of either side would slow the other down, and memory that is freed stays with the process
        start.Environment.TryAdd("GOMP_SPINCOUNT", "2000");
        start.Environment.TryAdd("GLIBC_TUNABLES", $"glibc.malloc.mmap_threshold={1 << 30}:glibc.malloc.trim_threshold={int.MaxValue}");
        return new Peer(Process.Start(start) ?? throw new InvalidOperationException($"{Python} did not start."), script);
    }

    public T Ask<T>(string request)
    {
        _process.StandardInput.WriteLine(request);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{_script} ended at '{request}' (its error is above). It needs a Python with PyTorch; name one in PYTHON.");
        return JsonSerializer.Deserialize<T>(answer)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Python => Environment.GetEnvironmentVariable("PYTHON") ?? "python3";

    private static string Folder { get; } = FindFolder();

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var peers = Path.Combine(folder.FullName, "benchmarks", "peers");
            if (Directory.Exists(peers))
                return peers;
        }

        throw new DirectoryNotFoundException($"No benchmarks/peers above {AppContext.BaseDirectory}: run from a checkout.");
    }
}
