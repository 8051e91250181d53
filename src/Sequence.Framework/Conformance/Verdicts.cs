using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sequence.Components;
using Sequence.Framework.Plugins;
using Sequence.Framework.Training;
using Sequence.Kernels.Registry;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>
/// Verifies mixers with the options that a model gives them, and remembers those that keep every law: one file each, found again while the mixer,
/// its options, the width, every active plugin's files, the framework, the tensor library, the forms of kernels and their width are the same. A failure is looked at anew each time.
/// </summary>
/// <param name="host">The host whose mixers they are.</param>
/// <param name="folder">Where verdicts are kept.</param>
/// <param name="verifying">Called with the name of a mixer that is not remembered, before it is verified.</param>
public sealed class Verdicts(SequenceHost host, string folder, Action<string>? verifying = null)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        WriteIndented = true,
    };

    private readonly Lazy<string> _surroundings = new(() => Surroundings(host));

    /// <summary>The user's folder for what can be made again: <c>sequence-framework/verdicts</c> below <c>XDG_CACHE_HOME</c>, else below that of the system.</summary>
    public static string DefaultFolder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "sequence-framework",
        "verdicts");

    /// <summary>How a mixer fares with every law, on the CPU: read where it was verified before, else measured.</summary>
    /// <param name="mixer">The mixer with its options.</param>
    /// <param name="width">The width that the options go with.</param>
    /// <param name="kernels">Which forms of kernels it is verified in.</param>
    public IReadOnlyList<Grade> Of(Component<SequenceMixer> mixer, int width, KernelPreference kernels = KernelPreference.Auto)
    {
        var options = JsonSerializer.Serialize(mixer.Options, mixer.Options.GetType(), Json);
        var file = Path.Combine(folder, $"{mixer.Name}-{Hash($"{mixer.Name}\n{options}\n{width}\n{kernels}\n{_surroundings.Value}")}.json");
        if (Read(file) is { } known)
            return known;

        verifying?.Invoke(mixer.Name);
        var plugin = host.Components.All.First(component => component.Kind == typeof(SequenceMixer) && component.Name == mixer.Name).PluginId;
        var entrant = new MixerEntrant(mixer.Name, plugin, options, mixer.Create) { Width = width };
        IReadOnlyList<Grade> grades = [.. Verification.Run([entrant], Laws.OfMixers, CPU, kernels: kernels)];
        if (grades.All(grade => grade.Passed))
            Keep(file, grades);
        return grades;
    }

    private static IReadOnlyList<Grade>? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<IReadOnlyList<Grade>>(File.ReadAllText(file), Json) : null;
        }
        catch (Exception damaged) when (damaged is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Keep(string file, IReadOnlyList<Grade> grades)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, stream => JsonSerializer.Serialize(stream, grades, Json));
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // the next comparison verifies again
        }
    }

    private static string Surroundings(SequenceHost host)
    {
        IEnumerable<string> own = [typeof(Verdicts).Assembly.Location, typeof(SequenceMixer).Assembly.Location, typeof(Kernels.ComplexTensor).Assembly.Location, typeof(Tensor).Assembly.Location];
        var plugins = host.Plugins.Where(plugin => plugin.Health == PluginHealth.Active).SelectMany(plugin => PluginLock.Libraries(plugin.Folder));
        return string.Join('\n', own.Concat(plugins).Select(PluginLock.Hash).Order(StringComparer.Ordinal).Append(__version__).Append(Kernels.Lanes.LaneWidth.Text));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
