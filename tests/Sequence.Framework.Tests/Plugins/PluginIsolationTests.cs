using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Tasks;

namespace Sequence.Framework.Plugins;

/// <summary>What plugins share with the host and what they keep to themselves.</summary>
public sealed class PluginIsolationTests
{
    [Fact]
    public void Private_dependencies_of_one_name_do_not_clash()
    {
        using var folder = new PluginFolderCopy("PrivateDependency", "OtherPrivateDependency");
        using var host = folder.Start();
        Assert.All(host.Plugins, plugin => Assert.Equal(PluginHealth.Active, plugin.Health));
        Assert.Equal("madder", Make(host, "\"dyed\"").Decode([]));
        Assert.Equal("indigo 2", Make(host, "\"dyed-twice\"").Decode([]));
    }

    [Fact]
    public void Contracts_are_the_hosts_own_types()
    {
        using var folder = new PluginFolderCopy("Plain");
        File.Copy(typeof(ITokenizer).Assembly.Location, folder.Holding("Plain", "Sequence.Abstractions.dll"));
        using var host = folder.Start();
        Assert.Equal(typeof(ITokenizer), Assert.Single(host.Components.All).Kind);
        Assert.IsAssignableFrom<ITokenizer>(Make(host, "\"plain\""));
    }

    [Fact]
    public void Two_hosts_of_one_plugin_do_not_share_it()
    {
        using var folder = new PluginFolderCopy("Plain");
        using var one = folder.Start();
        using var other = folder.Start();
        Assert.NotEqual(one.Components.All[0].OptionsType, other.Components.All[0].OptionsType);
    }

    [Fact]
    public void A_component_nests_one_of_another_plugin()
    {
        using var folder = new PluginFolderCopy("Plain", "PrivateDependency");
        using var host = folder.Start();
        Assert.Equal("hello hi hello hi madder", Make(host, """{ "name": "plain", "count": 2, "word": "hi", "inner": "dyed" }""").Decode([]));
    }

    [Fact]
    public void Factories_are_singletons_of_the_container()
    {
        using var folder = new PluginFolderCopy("Plain");
        using var host = folder.Start();
        var contract = typeof(IComponentFactory<,>).MakeGenericType(typeof(ITokenizer), host.Components.All[0].OptionsType);
        Assert.NotNull(host.Services.GetService(contract));
        Assert.Same(host.Services.GetService(contract), host.Services.GetService(contract));
    }

    [Fact]
    public void Options_of_a_plugin_are_bound_as_strictly_as_the_hosts()
    {
        using var folder = new PluginFolderCopy("Plain", "PrivateDependency");
        using var host = folder.Start();
        var refused = Assert.Throws<ConfigurationException>(() => Make(host, """{ "name": "plain", "count": 10, "wrod": "hi", "inner": { "name": "dyed", "shade": 1 } }"""));
        Assert.Equal(["$.t.count", "$.t.wrod", "$.t.inner.shade"], refused.Problems.Select(problem => problem.Path));
    }

    [Fact]
    public void What_is_set_over_a_bare_name_are_options_of_it()
    {
        using var folder = new PluginFolderCopy("Plain");
        using var host = folder.Start();
        Assert.Equal("hello hi hello hi", Make(host, "\"plain\"", "t.count=2", "t.word=hi").Decode([]));
    }

    [Fact]
    public void A_locked_host_loads_what_is_in_the_lock_and_nothing_else()
    {
        using var folder = new PluginFolderCopy("Plain", "PrivateDependency");
        using (var unlocked = folder.Start(locked: true))
            Assert.All(unlocked.Plugins, plugin => Assert.Equal(PluginHealth.Disabled, plugin.Health));

        Assert.Equal(Path.Combine(Path.GetDirectoryName(folder.Plugins)!, "plugins.lock.json"), PluginLock.Write(folder.Plugins));
        using (var host = folder.Start(locked: true))
            Assert.All(host.Plugins, plugin => Assert.Equal(PluginHealth.Active, plugin.Health));

        folder.Add("OtherPrivateDependency", "Newcomer");
        using (var grown = folder.Start(locked: true))
        {
            var newcomer = Assert.Single(grown.Plugins, plugin => plugin.Health == PluginHealth.Disabled);
            Assert.Equal("Fixtures.OtherPrivateDependency", newcomer.Id);
            Assert.Contains("SHA-256 of Fixtures.Dye.dll", newcomer.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_locked_host_refuses_a_changed_private_dependency()
    {
        using var folder = new PluginFolderCopy("Plain", "PrivateDependency", "OtherPrivateDependency");
        PluginLock.Write(folder.Plugins);
        File.AppendAllText(folder.Holding("PrivateDependency", "Fixtures.Dye.dll"), "x");
        using var host = folder.Start(locked: true);
        var changed = Assert.Single(host.Plugins, plugin => plugin.Health != PluginHealth.Active);
        Assert.Equal("Fixtures.PrivateDependency", changed.Id);
        Assert.Equal(PluginHealth.Disabled, changed.Health);
        Assert.Contains("SHA-256 of Fixtures.Dye.dll", changed.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libdye.so")]
    [InlineData("libdye.so.1")]
    public void A_locked_host_refuses_a_native_library_that_is_not_in_the_lock(string name)
    {
        using var folder = new PluginFolderCopy("Plain", "PrivateDependency");
        PluginLock.Write(folder.Plugins);
        File.WriteAllText(folder.Holding("PrivateDependency", name), "native");
        using (var host = folder.Start(locked: true))
        {
            var changed = Assert.Single(host.Plugins, plugin => plugin.Health != PluginHealth.Active);
            Assert.Equal(PluginHealth.Disabled, changed.Health);
            Assert.Contains($"SHA-256 of {name} does not stand", changed.Reason, StringComparison.Ordinal);
        }

        PluginLock.Write(folder.Plugins);
        using var locked = folder.Start(locked: true);
        Assert.All(locked.Plugins, plugin => Assert.Equal(PluginHealth.Active, plugin.Health));
    }

    [Fact]
    public void A_folder_that_was_asked_for_and_is_not_there_is_an_error() => Assert.Contains(
        "no such folder of plugins",
        Assert.Throws<ConfigurationException>(() => SequenceHost.Start(new HostOptions { PluginFolders = ["/nowhere/plugins"] })).Message,
        StringComparison.Ordinal);

    private static ITokenizer Make(SequenceHost host, string json, params string[] sets)
    {
        using var folder = new ConfigFolder();
        return host.Bind<Component<ITokenizer>>(ConfigNode.Load(folder.Write("c.json", $$"""{ "t": {{json}} }"""), sets)["t"]!).Create(ComponentContext.None);
    }
}
