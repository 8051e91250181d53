using System.Text.Json.Serialization;
using Sequence.Components;

namespace Sequence.Framework.Plugins;

/// <summary>A component that JSON can name.</summary>
public sealed record ComponentEntry
{
    internal ComponentEntry(Type kind, string name, string description, string pluginId, Type optionsType, Func<object, ComponentContext, object> create)
    {
        Kind = kind;
        Name = name;
        Description = description;
        PluginId = pluginId;
        OptionsType = optionsType;
        Create = create;
    }

    /// <summary>What kind it is: the contract that it implements.</summary>
    [JsonIgnore]
    public Type Kind { get; }

    /// <summary>The kind in a word: mixer, channel-mixer, norm, read-out, task, tokenizer, metric.</summary>
    [JsonPropertyName("kind")]
    public string KindName => ComponentKinds.NameOf(Kind);

    /// <summary>Its name in JSON.</summary>
    [JsonPropertyName("name")]
    public string Name { get; }

    /// <summary>One line for people.</summary>
    [JsonPropertyName("description")]
    public string Description { get; }

    /// <summary>The plugin that brings it.</summary>
    [JsonIgnore]
    public string PluginId { get; }

    /// <summary>The record that its JSON is bound to.</summary>
    [JsonIgnore]
    public Type OptionsType { get; }

    /// <summary>Makes one from an <see cref="OptionsType"/>.</summary>
    internal Func<object, ComponentContext, object> Create { get; }
}
