using Microsoft.Extensions.Configuration;

namespace Sequence.Framework.Configuration;

/// <summary>The layers of a configuration, lowest first, as Microsoft.Extensions.Configuration orders them: what is added later wins.</summary>
internal static class ConfigLayers
{
    /// <summary>File, environment, sets.</summary>
    /// <exception cref="ConfigurationException">Some of them cannot be read; every problem is in it.</exception>
    public static ConfigNode Read(ConfigOrigin file, IReadOnlyList<string> sets)
    {
        List<IConfigurationProvider> layers = [];
        List<ConfigurationProblem> problems = [];
        Add(() => JsonLayer.OfFile(file));
        Add(() => new EnvironmentLayer());
        foreach (var set in sets)
            Add(() => JsonLayer.OfSet(set));
        if (problems.Count > 0)
            throw new ConfigurationException(problems);

        return Fold(layers);

        void Add(Func<IConfigLayer> layer)
        {
            try
            {
                layers.Add(layer());
            }
            catch (ConfigurationException unreadable)
            {
                problems.AddRange(unreadable.Problems);
            }
        }
    }

    /// <summary>One file alone.</summary>
    /// <exception cref="ConfigurationException">It is missing or malformed.</exception>
    public static ConfigNode Read(ConfigOrigin file) => Fold([JsonLayer.OfFile(file)]);

    /// <summary>One document alone.</summary>
    /// <exception cref="ConfigurationException">It is malformed.</exception>
    public static ConfigNode Parse(ConfigOrigin origin, string json) => Fold([JsonLayer.OfText(origin, json)]);

    private static ConfigNode Fold(IList<IConfigurationProvider> layers)
    {
        using var root = new ConfigurationRoot(layers);
        return root.Providers.Cast<IConfigLayer>().Select(layer => layer.Read()).Aggregate((low, high) => low.Overlay(high));
    }
}
