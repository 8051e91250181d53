using System.Text.Json.Serialization;

namespace Sequence.Framework.Plugins;

/// <summary>A plugin that the host found, whether or not it could be used. Serialises to what machines read from <c>sequence plugins --json</c>.</summary>
public sealed record PluginEntry
{
    /// <summary>Its id: unique in a host.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Its version; empty where no manifest says.</summary>
    [JsonPropertyName("version")]
    public string Version { get; init; } = "";

    /// <summary>One line for people.</summary>
    [JsonIgnore]
    public string Description { get; init; } = "";

    /// <summary>Where it was found, absolute.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>Whether it can be used.</summary>
    [JsonPropertyName("health")]
    [JsonConverter(typeof(JsonStringEnumConverter<PluginHealth>))]
    public required PluginHealth Health { get; init; }

    /// <summary>Why it cannot be used; null where it can.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>What would mend that; null where nothing needs to be.</summary>
    [JsonPropertyName("remedy")]
    public string? Remedy { get; init; }

    /// <summary>What it brings, as far as that could be found out.</summary>
    [JsonPropertyName("components")]
    public IReadOnlyList<ComponentEntry> Components { get; init; } = [];
}
