using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using Sequence.Mixers;

namespace Sequence.Conformance.Tests;

/// <summary>What is remembered of mixers that were verified.</summary>
public sealed class VerdictTests : IDisposable
{
    private static readonly SequenceHost Host = SequenceHost.Start(new HostOptions { PluginFolders = [Path.Combine(AppContext.BaseDirectory, "fixtures")] });

    private readonly string _folder = Directory.CreateTempSubdirectory("sequence-verdicts-").FullName;
    private readonly List<string> _verified = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_mixer_that_keeps_every_law_is_verified_once()
    {
        var first = Of("sound", 16);
        var again = Of("sound", 16);

        Assert.Equal(["sound"], _verified);
        Assert.All(first, grade => Assert.True(grade.Passed, grade.Message));
        Assert.Equivalent(first, again, strict: true);
    }

    [Fact]
    public void At_another_width_it_is_verified_anew()
    {
        Of("sound", 16);
        Of("sound", 24);

        Assert.Equal(["sound", "sound"], _verified);
    }

    [Fact]
    public void A_failure_is_looked_at_each_time()
    {
        Assert.Contains("gradient", Of("wrong-gradient", 16).Where(grade => !grade.Passed).Select(grade => grade.Law));
        Of("wrong-gradient", 16);

        Assert.Equal(["wrong-gradient", "wrong-gradient"], _verified);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void A_damaged_file_is_as_good_as_none()
    {
        Of("sound", 16);
        File.WriteAllText(Assert.Single(Directory.GetFiles(_folder)), "[{");

        Assert.NotEmpty(Of("sound", 16));
        Assert.Equal(["sound", "sound"], _verified);
    }

    [Fact]
    public void Of_a_model_mixers_are_verified_once_and_policies_at_each_depth_that_keeps_entries()
    {
        var file = Path.Combine(_folder, "model.json");
        File.WriteAllText(file, """
            {
              "dModel": 16, "norm": "rms", "cache": "sound-recent",
              "blocks": [{ "mixer": "attention", "repeat": 2 }, { "mixer": "sound" }, { "mixer": "attention", "cache": "keeps-one-too-many" }]
            }
            """);
        using var host = SequenceHost.Start(new HostOptions { PluginFolders = [.. HostOptions.DefaultPluginFolders, Path.Combine(AppContext.BaseDirectory, "fixtures")] });
        var model = host.Load<ModelOptions>(file, []);
        IReadOnlyList<Grade> Verified() => new Verdicts(host, _folder, (kind, name) => _verified.Add($"{kind} {name}")).Of(model);

        Assert.Equal(["keeps-one-too-many within-budget"], Verified().Where(grade => !grade.Passed).Select(grade => $"{grade.Subject} {grade.Law}"));
        Assert.Equal(["mixer attention", "mixer sound", "cache-policy sound-recent", "cache-policy sound-recent", "cache-policy keeps-one-too-many"], _verified);

        _verified.Clear();
        Verified();
        Assert.Equal(["cache-policy keeps-one-too-many"], _verified);
    }

    private IReadOnlyList<Grade> Of(string mixer, int width)
    {
        var component = Host.Components.All.Single(component => component.KindName == "mixer" && component.Name == mixer);
        return new Verdicts(Host, _folder, (_, name) => _verified.Add(name)).Of(VariantFile.Of(Host, component)[0].Bind<SequenceMixer>(Host), width);
    }
}
