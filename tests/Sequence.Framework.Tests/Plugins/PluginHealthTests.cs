using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Tasks;

namespace Sequence.Framework.Plugins;

/// <summary>Whatever is wrong with one plugin shows in its entry, and in nothing else.</summary>
public sealed class PluginHealthTests
{
    [Fact]
    public void A_good_plugin_is_active_and_described_by_its_manifest()
    {
        using var folder = new PluginFolderCopy("Plain");
        using var host = folder.Start();

        var plugin = Assert.Single(host.Plugins);
        Assert.Equal(PluginHealth.Active, plugin.Health);
        Assert.Equal("Fixtures.Plain", plugin.Id);
        Assert.Equal("1.2.3", plugin.Version);
        Assert.Equal("A plugin with nothing wrong; its description has 'quotes', a back/slash; and a semicolon.", plugin.Description);
        Assert.Null(plugin.Reason);
        var component = Assert.Single(host.Components.All);
        Assert.Equal(("tokenizer", "plain", "Says a word."), (component.KindName, component.Name, component.Description));
    }

    [Fact]
    public void A_missing_assembly_is_a_malfunction() => Spoil(
        folder => File.Delete(folder.Assembly("PrivateDependency")),
        PluginHealth.Malfunctioned, "Fixtures.PrivateDependency.dll is missing");

    [Fact]
    public void A_damaged_assembly_is_a_malfunction() => Spoil(
        folder => File.WriteAllBytes(folder.Assembly("PrivateDependency"), [.. Enumerable.Range(0, 4_000).Select(i => (byte)(i * 7))]),
        PluginHealth.Malfunctioned, "the file is damaged");

    [Fact]
    public void A_truncated_assembly_is_a_malfunction() => Spoil(
        folder =>
        {
            var whole = File.ReadAllBytes(folder.Assembly("PrivateDependency"));
            File.WriteAllBytes(folder.Assembly("PrivateDependency"), whole[..(whole.Length / 2)]);
        },
        PluginHealth.Malfunctioned, "damaged");

    [Fact]
    public void An_empty_assembly_is_a_malfunction() => Spoil(
        folder => File.WriteAllBytes(folder.Assembly("PrivateDependency"), []),
        PluginHealth.Malfunctioned, "damaged");

    [Fact]
    public void A_missing_dependency_is_a_malfunction_that_names_it() => Spoil(
        folder => File.Delete(folder.Holding("PrivateDependency", "Fixtures.Dye.dll")),
        PluginHealth.Malfunctioned, "Fixtures.Dye");

    [Fact]
    public void A_missing_manifest_is_a_malfunction() => Spoil(
        folder => File.Delete(folder.Holding("PrivateDependency", "plugin.json")),
        PluginHealth.Malfunctioned, "plugin.json is missing");

    [Fact]
    public void A_malformed_manifest_is_a_malfunction_with_line_and_column() => Spoil(
        folder => File.WriteAllText(folder.Holding("PrivateDependency", "plugin.json"), "{\n  \"id\": }"),
        PluginHealth.Malfunctioned, "malformed JSON at line 2, column 9");

    [Fact]
    public void An_unknown_key_in_a_manifest_is_a_malfunction() => Spoil(
        folder => folder.Rewrite("PrivateDependency", "enabeld", true),
        PluginHealth.Malfunctioned, "; did you mean enabled?");

    [Fact]
    public void A_newer_contract_is_incompatible_whatever_else_its_manifest_says() => Spoil(
        folder =>
        {
            folder.Rewrite("PrivateDependency", "contractVersion", "1.99");
            folder.Rewrite("PrivateDependency", "novelty", true);
        },
        PluginHealth.Incompatible, "built against contract 1.99; this host offers 1.0");

    [Fact]
    public void Another_major_contract_is_incompatible() => Spoil(
        folder => folder.Rewrite("PrivateDependency", "contractVersion", "0.9"),
        PluginHealth.Incompatible, "built against contract 0.9");

    [Fact]
    public void Another_tensor_provider_is_incompatible_and_the_remedy_rebuilds()
    {
        var other = HostIdentity.Current.Provider.Name == "system" ? "cpu" : "system";
        var plugin = Spoil(
            folder => folder.Rewrite("PrivateDependency", "torchProvider", new System.Text.Json.Nodes.JsonObject { ["name"] = other, ["version"] = "0.107.0" }),
            PluginHealth.Incompatible, $"tensor provider {other} 0.107.0");
        Assert.Contains($"dotnet build Fixtures.PrivateDependency.csproj -p:TorchProvider={HostIdentity.Current.Provider.Name}", plugin.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_is_disabled_by_its_manifest() => Spoil(
        folder => folder.Rewrite("PrivateDependency", "enabled", false),
        PluginHealth.Disabled, "\"enabled\": false");

    [Fact]
    public void A_damaged_list_of_dependencies_is_a_malfunction() => Spoil(
        folder => File.WriteAllText(folder.Holding("PrivateDependency", "Fixtures.PrivateDependency.deps.json"), "{ not json"),
        PluginHealth.Malfunctioned, "Fixtures.PrivateDependency.dll cannot be loaded");

    [Fact]
    public void A_plugin_is_disabled_by_a_file_whatever_else_is_wrong_with_it() => Spoil(
        folder =>
        {
            File.WriteAllText(folder.Holding("PrivateDependency", "disabled"), "");
            File.Delete(folder.Holding("PrivateDependency", "plugin.json"));
        },
        PluginHealth.Disabled, "There is a file");

    [Fact]
    public void A_plugin_is_disabled_from_outside()
    {
        using var folder = new PluginFolderCopy("PrivateDependency", "Plain");
        using var host = folder.Start(locked: false, "Fixtures.PrivateDependency");
        Assert.Equal([PluginHealth.Active, PluginHealth.Disabled], host.Plugins.Select(plugin => plugin.Health));
    }

    [Fact]
    public void A_throwing_registration_is_a_malfunction()
    {
        using var folder = new PluginFolderCopy("ThrowingRegister", "Plain");
        using var host = folder.Start();
        var bad = Bad(host);
        Assert.Equal("ThrowingPlugin.Register threw InvalidOperationException: the licence server is on holiday", bad.Reason);
        Assert.Equal("unregistered", Assert.Single(bad.Components).Name);
        Assert.Equal("hello plain", Say(host, "plain"));

        var refused = Assert.Throws<ConfigurationException>(() => Say(host, "unregistered"));
        Assert.Contains("belongs to the plugin Fixtures.ThrowingRegister, which is Malfunctioned: ThrowingPlugin.Register threw", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_factory_that_cannot_be_initialised_is_a_malfunction()
    {
        using var folder = new PluginFolderCopy("ThrowingFactory", "Plain");
        using var host = folder.Start();
        Assert.Equal("ThrowingFactory threw FileNotFoundException: the table of words is gone", Bad(host).Reason);
        Assert.Equal("hello plain", Say(host, "plain"));
    }

    [Fact]
    public void A_factory_that_cannot_be_disposed_of_is_a_malfunction()
    {
        using var folder = new PluginFolderCopy("ThrowingDispose", "Plain");
        using var host = folder.Start();
        Assert.Equal("Disposing of its services threw InvalidOperationException: the door is stuck", Bad(host).Reason);
        Assert.Equal("hello plain", Say(host, "plain"));
    }

    [Fact]
    public void A_factory_may_be_disposed_of_asynchronously_alone()
    {
        using var folder = new PluginFolderCopy("AsyncDispose");
        using var host = folder.Start();
        Assert.Equal(PluginHealth.Active, Assert.Single(host.Plugins).Health);
        Assert.Equal("leisurely", Say(host, "leisurely"));
    }

    [Fact]
    public void A_component_without_a_name_is_a_malfunction()
    {
        using var folder = new PluginFolderCopy("Nameless", "Plain");
        using var host = folder.Start();
        Assert.Equal("\"\" is no name for a tokenizer: lower-case words joined by hyphens are.", Bad(host).Reason);
        Assert.Equal("hello plain", Say(host, "plain"));
    }

    [Fact]
    public void An_id_is_free_where_the_plugin_that_had_it_cannot_be_used()
    {
        using var folder = new PluginFolderCopy("Plain");
        folder.Add("Plain", "Zebra");
        File.Delete(folder.Assembly("Plain"));
        using var host = folder.Start();
        Assert.Equal([PluginHealth.Malfunctioned, PluginHealth.Active], host.Plugins.Select(plugin => plugin.Health));
        Assert.Equal("hello plain", Say(host, "plain"));
    }

    [Fact]
    public void Of_two_components_with_one_name_the_second_is_a_malfunction_that_names_both()
    {
        using var folder = new PluginFolderCopy("Plain");
        folder.Add("DuplicateName", "Zebra");
        using var host = folder.Start();
        var bad = Bad(host);
        Assert.Equal("Fixtures.DuplicateName", bad.Id);
        Assert.Equal("Both Fixtures.Plain and Fixtures.DuplicateName have a tokenizer named \"plain\".", bad.Reason);
        Assert.Equal("hello plain", Say(host, "plain"));
    }

    [Fact]
    public void Of_two_plugins_with_one_id_the_second_is_a_malfunction()
    {
        using var folder = new PluginFolderCopy("Plain");
        folder.Add("Plain", "Zebra");
        using var host = folder.Start();
        Assert.Contains("The id Fixtures.Plain is taken", Bad(host).Reason, StringComparison.Ordinal);
        Assert.Equal("hello plain", Say(host, "plain"));
    }

    [Fact]
    public void A_component_that_nobody_has_is_refused_with_what_exists_and_whose_it_may_be()
    {
        using var folder = new PluginFolderCopy("PrivateDependency", "Plain");
        File.Delete(folder.Assembly("PrivateDependency"));
        using var host = folder.Start();
        var refused = Assert.Throws<ConfigurationException>(() => Say(host, "plian"));
        Assert.Contains("unknown tokenizer \"plian\"; did you mean plain? There are: plain (Fixtures.Plain).", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Fixtures.PrivateDependency, which is Malfunctioned: Fixtures.PrivateDependency.dll is missing", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Spoils one of two plugins: it alone must suffer.</summary>
    private static PluginEntry Spoil(Action<PluginFolderCopy> spoil, PluginHealth health, string reason)
    {
        using var folder = new PluginFolderCopy("PrivateDependency", "Plain");
        spoil(folder);
        using var host = folder.Start();

        var bad = Bad(host);
        Assert.Equal("Fixtures.PrivateDependency", bad.Id);
        Assert.Equal(health, bad.Health);
        Assert.Contains(reason, bad.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(bad.Remedy!);
        Assert.Equal("hello plain", Say(host, "plain"));
        Assert.Throws<ConfigurationException>(() => Say(host, "dyed"));
        return bad;
    }

    private static PluginEntry Bad(SequenceHost host) => Assert.Single(host.Plugins, plugin => plugin.Health != PluginHealth.Active);

    private static string Say(SequenceHost host, string name)
    {
        using var folder = new ConfigFolder();
        var node = ConfigNode.Load(folder.Write("tokenizer.json", $$"""{ "name": "{{name}}" }"""), []);
        return host.Bind<Component<ITokenizer>>(node).Create(ComponentContext.None).Decode([]);
    }
}
