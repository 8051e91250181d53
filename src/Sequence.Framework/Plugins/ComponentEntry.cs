using System.Text.Json.Serialization;
using Sequence.Components;

namespace Sequence.Framework.Plugins;

/// <summary>A component that JSON can name.</summary>
public sealed record ComponentEntry
{
    /// <summary>What kind it is: the contract that it implements.</summary>
    [JsonIgnore]
    public required Type Kind { get; init; }

    /// <summary>The kind in a word: mixer, channel-mixer, norm, read-out, task, tokenizer, metric.</summary>
    [JsonPropertyName("kind")]
    public string KindName => ComponentKinds.NameOf(Kind);

    /// <summary>Its name in JSON.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    [JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>The plugin that brings it.</summary>
    [JsonIgnore]
    public required string PluginId { get; init; }

    /// <summary>The record that its JSON is bound to.</summary>
    [JsonIgnore]
    public required Type OptionsType { get; init; }

    /// <summary>Makes one from an <see cref="OptionsType"/>.</summary>
    [JsonIgnore]
    internal Func<object, ComponentContext, object> Create { get; init; } = (_, _) => throw new InvalidOperationException("The plugin is not active.");
}
