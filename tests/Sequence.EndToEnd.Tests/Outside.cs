using System.Diagnostics;
using System.Reflection;

namespace Sequence.EndToEnd.Tests;

/// <summary>
/// The plugin of tests/Fixtures/Outside as an author would make it: copied to a folder that knows nothing of the repository, built there from packages of this very build,
/// and dropped into the plugins beside its configuration.
/// </summary>
public sealed class Outside : IDisposable
{
    private readonly Workspace _workspace = new();

    public Outside()
    {
        var source = Path.Combine(Repository, "tests", "Fixtures", "Outside");
        var copy = _workspace[Path.Combine("tests", "Fixtures", "Outside")];
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(source, path)))
        {
            if (file.StartsWith("artifacts", StringComparison.Ordinal))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
            File.Copy(Path.Combine(source, file), Path.Combine(copy, file));
        }

        string[] packed = Provider == "system" ? ["Sequence.Abstractions", "TorchSharp.SystemLibtorch"] : ["Sequence.Abstractions"];
        var packages = _workspace[Path.Combine("artifacts", "packages")];
        foreach (var project in packed)
            DotNet(Repository, "pack", Path.Combine("src", project), "--no-build", "--configuration", Configuration, $"-p:TorchProvider={Provider}", "--output", packages);

        LinkKnownPackages();
        Built = DotNet(copy, "build", "DilatedWindow.slnx", "--configuration", Configuration, "-p:NuGetAudit=false", "-nodeReuse:false");
        Directory.CreateDirectory(Path.Combine(copy, "plugins"));
        Directory.Move(Path.Combine(copy, "artifacts", "bin", "DilatedWindow", Configuration.ToLowerInvariant()), Path.Combine(copy, "plugins", "DilatedWindow"));
        Folder = copy;
    }

    /// <summary>Where the sample stands, its plugin in "plugins".</summary>
    public string Folder { get; }

    /// <summary>What the build said.</summary>
    public string Built { get; }

    private static string Repository => Packed("Repository");

    private static string Configuration => Packed("Configuration");

    private static string Provider => Packed("TorchProvider");

    private string Fallback => _workspace["known"];

    /// <summary>Runs the command beside it.</summary>
    public Outcome Run(params string[] arguments) => new Running(Folder, [.. arguments, "--plugins", "plugins"]).End();

    public void Dispose() => _workspace.Dispose();

    private static string Packed(string key) =>
        typeof(Outside).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(each => each.Key == key).Value!;

    /// <summary>Packages of others that this suite was restored with need not be asked for again: then there is need of no network.</summary>
    private void LinkKnownPackages()
    {
        Directory.CreateDirectory(Fallback);
        foreach (var package in Directory.EnumerateDirectories(Packed("NuGetPackageRoot")))
        {
            if (Path.GetFileName(package) is var name && !name.StartsWith("sequence.", StringComparison.OrdinalIgnoreCase))
                Directory.CreateSymbolicLink(Path.Combine(Fallback, name), package);
        }
    }

    private string DotNet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--nologo"]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["NUGET_FALLBACK_PACKAGES"] = Fallback;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)}:\n{said}");
    }
}
