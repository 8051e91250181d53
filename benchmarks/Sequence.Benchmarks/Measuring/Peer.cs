using System.Diagnostics;
using System.Text.Json;

namespace Sequence.Benchmarks.Measuring;

/// <summary>
/// The other side of a measurement: a Python program of <c>benchmarks/peers</c> that answers one request a line with a line of JSON. One that
/// has ended is started anew for the next request, with the case that it had open.
/// </summary>
internal sealed class Peer : IDisposable
{
    private const string Open = "open ";
    private const int Killed = 128 + 9;

    private readonly string _script;
    private readonly string[] _arguments;
    private Process? _process;
    private string? _opened;
    private volatile string? _lastWords;

    private Peer(string script, string[] arguments) => (_script, _arguments) = (script, arguments);

    /// <param name="script">File name in benchmarks/peers.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Peer Start(string script, params string[] arguments)
    {
        var peer = new Peer(script, arguments);
        peer._process = peer.Start();
        return peer;
    }

    /// <exception cref="PeerException">The peer ended before it answered.</exception>
    public T Ask<T>(string request)
    {
        if (request.StartsWith(Open, StringComparison.Ordinal))
            _opened = request;
        if (_process is null)
        {
            _process = Start();
            if (_opened is not null && _opened != request)
                Answer(_opened);
        }

        return JsonSerializer.Deserialize<T>(Answer(request))!;
    }

    public void Dispose() => End();

    private Process Start()
    {
        var start = new ProcessStartInfo(Python, [Path.Combine(Folder, _script), .. _arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // as our provider sets it for us: idle threads of either side would slow the other down, and memory that is freed stays with the process
        start.Environment.TryAdd("GOMP_SPINCOUNT", "2000");
        start.Environment.TryAdd("GLIBC_TUNABLES", $"glibc.malloc.mmap_threshold={1 << 30}:glibc.malloc.trim_threshold={int.MaxValue}");
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Python} did not start.");
        _lastWords = null;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { Length: > 0 } words)
                return;
            _lastWords = words;
            Console.Error.WriteLine(words);
        };
        process.BeginErrorReadLine();
        return process;
    }

    private string Answer(string request)
    {
        try
        {
            _process!.StandardInput.WriteLine(request);
            _process.StandardInput.Flush();
            if (_process.StandardOutput.ReadLine() is { } answer)
                return answer;
        }
        catch (IOException)
        {
            // it ended before it was asked
        }

        var code = End();
        throw new PeerException($"{_script} ended at '{request}': {_lastWords ?? (code == Killed ? "killed, as a system does that is out of memory" : $"exit code {code}")}");
    }

    private int End()
    {
        if (_process is null)
            return 0;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // the other end is gone
        }

        _process.WaitForExit();
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
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
