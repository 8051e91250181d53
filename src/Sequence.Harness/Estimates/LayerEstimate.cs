using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Framework.Models;
using Sequence.Mixers;

namespace Sequence.Harness.Estimates;

/// <summary>What one depth of a stack is, and what it costs.</summary>
/// <param name="Depth">From 0.</param>
/// <param name="Key">The entry of the configuration that put it there.</param>
/// <param name="SharedWith">The first depth with the same weights, where that is not this one.</param>
/// <param name="Mixer">Name of the mixer.</param>
/// <param name="ChannelMixer">Name of the channel mixer; null for none.</param>
/// <param name="Residual">How its branches join the residual stream, as a configuration writes it.</param>
/// <param name="Parameters">Trained scalars of its block, also where they are shared.</param>
/// <param name="Cost">State of one sequence.</param>
public sealed record LayerEstimate(
    int Depth, string Key, int? SharedWith, string Mixer, string? ChannelMixer, string Residual, long Parameters, StateCost Cost)
{
    /// <summary>Numbers of tokens to show the state after.</summary>
    public static IReadOnlyList<long> Tokens { get; } = [1_024, 65_536];

    /// <summary>How the state grows, in a word.</summary>
    public string Growth => Word($"{Cost.Growth}");

    /// <summary>Describes every depth of a model.</summary>
    public static IReadOnlyList<LayerEstimate> Of(SequenceModel model)
    {
        var layers = model.Layers;
        return [.. layers.Select(layer => new LayerEstimate(
            layer.Depth,
            layer.Key,
            layers.First(other => other.Block == layer.Block) is { Depth: var first } && first < layer.Depth ? first : null,
            layer.Options.Mixer!.Name,
            layer.Options.ChannelMixer?.Name,
            Word($"{layer.Residual}"),
            layer.Parameters,
            layer.Mixer.Cost))];
    }

    /// <summary>The same for machines.</summary>
    public JsonObject ToJson() => new()
    {
        ["depth"] = Depth,
        ["key"] = Key,
        ["sharedWith"] = SharedWith,
        ["mixer"] = Mixer,
        ["channelMixer"] = ChannelMixer,
        ["residual"] = Residual,
        ["parameters"] = Parameters,
        ["growth"] = Growth,
        ["stateBytes"] = new JsonArray([.. Tokens.Select(tokens => new JsonObject { ["tokens"] = tokens, ["bytes"] = Cost.BytesAfter(tokens) })]),
    };

    private static string Word(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
