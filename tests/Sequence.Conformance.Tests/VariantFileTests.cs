using Sequence.Framework.Configuration;
using Sequence.Framework.Conformance;
using Sequence.Framework.Plugins;
using Sequence.Mixers;

namespace Sequence.Conformance.Tests;

/// <summary>What a plugin may say of the options it is tried with, and how it is told what is wrong.</summary>
public sealed class VariantFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sequence-variants-").FullName;

    public VariantFileTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "Broken"));
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "fixtures", "Fixtures.Broken")))
            File.Copy(file, Path.Combine(_folder, "Broken", Path.GetFileName(file)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_plugin_without_the_file_is_tried_with_its_defaults() =>
        Assert.Equal(["\"sound\""], Variants(null, "sound"));

    [Fact]
    public void A_listed_component_is_tried_as_listed_and_the_others_with_their_defaults()
    {
        Assert.Equal(["{\"name\":\"sound\"}", "\"sound\""], Variants("""{ "mixer": { "sound": [{ "name": "sound" }, "sound"] } }""", "sound"));
        Assert.Equal(["\"wrong-shift\""], Variants("""{ "mixer": { "sound": ["sound"] } }""", "wrong-shift"));
    }

    [Fact]
    public void A_component_that_is_not_installed_is_not_tried() =>
        Assert.Equal(["\"sound\""], Variants("""{ "read-out": { "elsewhere": ["elsewhere"] } }""", "sound"));

    [Theory]
    [InlineData("""{ "mixer": { "suond": ["sound"] } }""", "$.mixer.suond", "did you mean sound?")]
    [InlineData("""{ "mixer": { "elsewhere": ["elsewhere"] } }""", "$.mixer.elsewhere", "there is no mixer \"elsewhere\".")]
    [InlineData("""{ "mixr": { "sound": ["sound"] } }""", "$.mixr", "did you mean mixer?")]
    [InlineData("""{ "mixer": { "sound": "sound" } }""", "$.mixer.sound", "expected a list of components")]
    [InlineData("""{ "mixer": { "sound": [] } }""", "$.mixer.sound", "expected a list of components")]
    public void What_is_wrong_is_said_with_its_place(string json, string path, string message)
    {
        var problem = Assert.Single(Assert.Throws<ConfigurationException>(() => Variants(json, "sound")).Problems);

        Assert.EndsWith("variants.json", problem.File);
        Assert.Equal(path, problem.Path);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_bind_are_a_finding()
    {
        using var host = Start("""{ "mixer": { "sound": [{ "name": "sound", "heads": 2 }] } }""");
        var entrant = Entrant.Of(host).Single(entrant => entrant.Name == "sound");

        var findings = Verification.Judge(Laws.Named("causality"), entrant, TorchSharp.torch.CPU);

        Assert.False(findings.Passed);
        Assert.Contains("variants.json", findings.Message, StringComparison.Ordinal);
        Assert.Contains("heads", findings.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Variants(string? json, string mixer)
    {
        using var host = Start(json);
        return [.. VariantFile.Of<SequenceMixer>(host).Where(variant => variant.Component.Name == mixer).Select(variant => variant.Text)];
    }

    private SequenceHost Start(string? json)
    {
        if (json is not null)
            File.WriteAllText(Path.Combine(_folder, "Broken", VariantFile.FileName), json);
        return SequenceHost.Start(new HostOptions { PluginFolders = [_folder] });
    }
}
