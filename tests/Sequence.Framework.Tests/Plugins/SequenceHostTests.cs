using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Tasks;

namespace Sequence.Framework.Plugins;

/// <summary>Where a host looks for plugins and what it tells of them.</summary>
public sealed class SequenceHostTests
{
    [Fact]
    public void Folders_are_scanned_in_the_order_given_and_plugins_by_name()
    {
        using var first = new PluginFolderCopy("PrivateDependency", "Plain");
        using var second = new PluginFolderCopy("DuplicateName");
        using var host = SequenceHost.Start(new HostOptions { PluginFolders = [second.Plugins, first.Plugins, second.Plugins] });
        Assert.Equal(["Fixtures.DuplicateName", "Fixtures.Plain", "Fixtures.PrivateDependency"], host.Plugins.Select(plugin => plugin.Id));
        Assert.Equal([PluginHealth.Active, PluginHealth.Malfunctioned, PluginHealth.Active], host.Plugins.Select(plugin => plugin.Health));
    }

    [Fact]
    public void The_folder_of_a_single_plugin_will_do()
    {
        using var folder = new PluginFolderCopy("Plain", "PrivateDependency");
        using var host = SequenceHost.Start(new HostOptions { PluginFolders = [Path.Combine(folder.Plugins, "Fixtures.Plain")] });
        Assert.Equal("Fixtures.Plain", Assert.Single(host.Plugins).Id);
    }

    [Fact]
    public void The_environment_adds_folders_and_switches_plugins_off()
    {
        using var folder = new PluginFolderCopy("Plain", "PrivateDependency");
        Environment.SetEnvironmentVariable("SEQUENCE_PLUGINS", folder.Plugins);
        Environment.SetEnvironmentVariable("SEQUENCE_DISABLED_PLUGINS", "Fixtures.Plain, Fixtures.Nobody");
        try
        {
            using var host = SequenceHost.Start(new HostOptions());
            Assert.Equal([PluginHealth.Disabled, PluginHealth.Active], host.Plugins.Select(plugin => plugin.Health));
        }
        finally
        {
            Environment.SetEnvironmentVariable("SEQUENCE_PLUGINS", null);
            Environment.SetEnvironmentVariable("SEQUENCE_DISABLED_PLUGINS", null);
        }
    }

    [Fact]
    public void An_empty_folder_is_no_plugin()
    {
        using var folder = new PluginFolderCopy("Plain");
        Directory.CreateDirectory(Path.Combine(folder.Plugins, "Fixtures.Gone"));
        using var host = folder.Start();
        Assert.Single(host.Plugins);
    }

    [Fact]
    public void Plugins_serialise_to_what_machines_read()
    {
        using var folder = new PluginFolderCopy("Plain", "PrivateDependency");
        File.Delete(folder.Assembly("PrivateDependency"));
        using var host = folder.Start();

        var json = JsonSerializer.SerializeToNode(host.Plugins)!.AsArray();
        var good = json[0]!.AsObject();
        Assert.Equal(["id", "version", "health", "reason", "remedy", "components"], good.Select(member => member.Key));
        Assert.Equal("Active", (string?)good["health"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""[ { "kind": "tokenizer", "name": "plain", "description": "Says a word." } ]"""), good["components"]));
        Assert.Equal("Malfunctioned", (string?)json[1]!["health"]);
        Assert.NotNull(json[1]!["reason"]);
    }

    [Fact]
    public void A_file_with_its_layers_is_loaded_in_one_call()
    {
        using var folder = new PluginFolderCopy("Plain");
        using var files = new ConfigFolder();
        files.Write("inner.json", """{ "name": "plain", "word": "deep", "vocabulary": "words.txt" }""");
        using var host = folder.Start();

        var tokenizer = host.Load<Component<ITokenizer>>(files.Write("a.json", """{ "name": "plain", "inner": "inner.json" }"""), ["inner.word=deeper"]);
        Assert.Equal("hello plain hello deeper", tokenizer.Create(ComponentContext.None).Decode([]));
    }

    [Fact]
    public void A_name_is_looked_for_among_its_own_kind()
    {
        using var folder = new PluginFolderCopy("Plain");
        using var files = new ConfigFolder();
        using var host = folder.Start();
        var refused = Assert.Throws<ConfigurationException>(() => host.Load<Component<ITask>>(files.Write("a.json", """{ "name": "plain" }"""), []));
        Assert.Equal("unknown task \"plain\". There are: none.", Assert.Single(refused.Problems).Message);
    }
}
