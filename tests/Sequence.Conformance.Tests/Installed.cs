using System.Collections.Concurrent;
using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Framework.Plugins;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>The components of the plugins that a host finds, each with the options of <c>variants.json</c>, or its defaults where that has none.</summary>
internal static class Installed
{
    private static readonly SequenceHost Host = Start();
    private static readonly ConfigNode Given = ConfigNode.Read(Path.Combine(AppContext.BaseDirectory, "variants.json"));
    private static readonly ConcurrentDictionary<(Type Kind, string Variant), ConfigNode> Nodes = new();

    /// <summary>Every variant of every component of a kind, as the JSON that names it.</summary>
    public static IReadOnlyList<string> Names<T>()
        where T : class
        => [.. Host.Components.All.Where(component => component.Kind == typeof(T)).SelectMany(Variants<T>)];

    /// <summary>The same, as the cases of a test.</summary>
    public static TheoryData<string> Variants<T>()
        where T : class
        => [.. Names<T>()];

    /// <summary>Makes a variant, as the only block of a model.</summary>
    public static T Create<T>(string variant, int width)
        where T : class
    {
        if (!Nodes.ContainsKey((typeof(T), variant)))
            Names<T>();
        return Host.Components.Bind<T>(Nodes[(typeof(T), variant)]).Create(new ComponentContext(width, Layer: 0, Depth: 1));
    }

    private static SequenceHost Start()
    {
        // the tensors of these tests are too small to share among threads
        set_num_threads(1);
        return SequenceHost.Start(new HostOptions());
    }

    private static IEnumerable<string> Variants<T>(ComponentEntry component)
    {
        var nodes = Given[component.KindName]?[component.Name]?.Children ?? [ByDefault(component.Name)];
        foreach (var node in nodes)
        {
            var variant = node.ToJson().ToJsonString();
            Nodes[(typeof(T), variant)] = node;
            yield return variant;
        }
    }

    /// <summary>A node that names a component and gives it no options.</summary>
    private static ConfigNode ByDefault(string name)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $$"""{ "component": "{{name}}" }""");
            return ConfigNode.Read(file)["component"]!;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
