using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Sequence.Framework.Configuration;

/// <summary>The environment variables <c>SEQUENCE__a__b=c</c> as a layer of a configuration: what <c>--set a.b=c</c> would say.</summary>
internal sealed class EnvironmentLayer() : EnvironmentVariablesConfigurationProvider(Prefix), IConfigLayer
{
    /// <summary>What the variables' names begin with.</summary>
    public const string Prefix = "SEQUENCE__";

    /// <inheritdoc/>
    public ConfigNode Read() => Read("", key: null, path: "$");

    private ConfigNode Read(string name, string? key, string path)
    {
        var origin = new ConfigOrigin(key is null ? "environment" : $"environment {Prefix}{key.Replace(":", "__", StringComparison.Ordinal)}") { AnyCase = true };
        string? text = null;
        var isText = key is not null && TryGet(key, out text);
        return new ConfigNode(name, path, origin, null, isText ? ConfigKind.Text : ConfigKind.Step, text,
        [
            .. GetChildKeys([], key)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(child => Read(child, key is null ? child : $"{key}:{child}", $"{path}.{child}")),
        ]);
    }
}
