using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using Sequence.Framework.Training;
using Sequence.Kernels;
using Sequence.Kernels.Registry;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>
/// Verifies mixers and cache policies with the options that a model gives them, and remembers those that keep every law: one file each, found again while the
/// component, its options, the width, for a policy the depth, every active plugin's files, the framework, the tensor library, the kind of device, the forms of kernels and their width are the same. A failure is looked at anew each time.
/// </summary>
/// <param name="host">The host whose components they are.</param>
/// <param name="folder">Where verdicts are kept.</param>
/// <param name="verifying">Called with the kind and the name of a component that is not remembered, before it is verified.</param>
public sealed class Verdicts(SequenceHost host, string folder, Action<string, string>? verifying = null)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        WriteIndented = true,
    };

    private readonly Lazy<string> _surroundings = new(() => Surroundings(host));

    /// <summary>The user's folder for them: <c>sequence-framework/verdicts</c> below <c>XDG_CACHE_HOME</c>, else below that of the system.</summary>
    public static string DefaultFolder => CacheFolder.Of("verdicts");

    /// <summary>How the mixers and the cache policies of a model fare with every law, each with the options and at the depth that it has there.</summary>
    /// <param name="model">The model.</param>
    /// <param name="kernels">Which forms of kernels they are verified in.</param>
    /// <param name="device">Where they are verified; null for the CPU.</param>
    /// <exception cref="ModelException">The stack contradicts itself.</exception>
    public IReadOnlyList<Grade> Of(ModelOptions model, KernelPreference kernels = KernelPreference.Auto, Device? device = null)
    {
        var plan = StackPlan.Of(model.Blocks);
        return
        [
            .. plan.Select(planned => planned.Options).Distinct().SelectMany(block => Of(block.Mixer!, model.DModel, kernels, device)),
            .. plan.Index().SelectMany(each =>
            {
                var context = new ComponentContext(model.DModel, each.Index, plan.Count);
                return PolicyOf(each.Item.Options, model, context) is { } policy ? Of(policy, context, kernels, device) : [];
            }),
        ];
    }

    /// <summary>How a mixer fares with every law: read where it was verified before, else measured.</summary>
    /// <param name="mixer">The mixer with its options.</param>
    /// <param name="width">The width that the options go with.</param>
    /// <param name="kernels">Which forms of kernels it is verified in.</param>
    /// <param name="device">Where it is verified; null for the CPU.</param>
    public IReadOnlyList<Grade> Of(Component<SequenceMixer> mixer, int width, KernelPreference kernels = KernelPreference.Auto, Device? device = null)
    {
        var options = Text(mixer.Options);
        return Of(new MixerEntrant(mixer.Name, PluginOf<SequenceMixer>(mixer.Name), options, mixer.Create) { Width = width }, Laws.OfMixers, $"{width}", kernels, device ?? CPU);
    }

    /// <summary>How a cache policy fares with every law, likewise.</summary>
    /// <param name="policy">The policy with its options.</param>
    /// <param name="context">Where it stands: a policy may be another one at another depth.</param>
    /// <param name="kernels">Which forms of kernels it is verified in.</param>
    /// <param name="device">Where it is verified; null for the CPU.</param>
    public IReadOnlyList<Grade> Of(Component<CachePolicy> policy, ComponentContext context, KernelPreference kernels = KernelPreference.Auto, Device? device = null) =>
        Of(new PolicyEntrant(policy.Name, PluginOf<CachePolicy>(policy.Name), Text(policy.Options), _ => policy.Create(context)), Laws.OfPolicies, $"{context}", kernels, device ?? CPU);

    private static string Text(object options) => JsonSerializer.Serialize(options, options.GetType(), Json);

    /// <summary>The policy that a block's mixer is under, where it keeps entries; null where nothing is said, or nothing kept.</summary>
    private static Component<CachePolicy>? PolicyOf(BlockOptions block, ModelOptions model, ComponentContext context)
    {
        if (block.Cache is not null || model.Cache is null)
            return block.Cache;
        using var mixer = block.Mixer!.Create(context);
        return mixer is EntryMixer ? model.Cache : null;
    }

    private string PluginOf<T>(string name) => host.Components.All.First(component => component.Kind == typeof(T) && component.Name == name).PluginId;

    private IReadOnlyList<Grade> Of(Entrant entrant, IReadOnlyList<ILaw> laws, string place, KernelPreference kernels, Device device)
    {
        var file = Path.Combine(folder, $"{entrant.Name}-{Hash($"{entrant.Kind}\n{entrant.Name}\n{entrant.Variant}\n{place}\n{kernels}\n{device.type}\n{_surroundings.Value}")}.json");
        if (Read(file) is { } known)
            return known;

        verifying?.Invoke(entrant.Kind, entrant.Name);
        IReadOnlyList<Grade> grades = [.. Verification.Run([entrant], laws, device, kernels: kernels)];
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
