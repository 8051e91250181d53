using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sequence.Kernels.Registry;

namespace Sequence.Framework.Sessions;

/// <summary>What the header of a session's file says; the tensors stand behind it.</summary>
/// <param name="Format">Of the file.</param>
/// <param name="Model">Which model it is of.</param>
/// <param name="Cache">The session's cache policy; null for the model's own.</param>
/// <param name="State">Its state policy; null for none.</param>
/// <param name="Kernels">Which form of kernels it preferred.</param>
/// <param name="PrefillChunk">See <see cref="SessionOptions.PrefillChunk"/>.</param>
/// <param name="Positions">Tokens seen, by layer and row.</param>
/// <param name="Seen">Tokens of the current document, by row.</param>
/// <param name="Text">Of a session of text.</param>
internal sealed record SavedSession(
    int Format,
    ModelIdentity Model,
    JsonNode? Cache,
    JsonNode? State,
    KernelPreference? Kernels,
    int? PrefillChunk,
    IReadOnlyList<IReadOnlyList<long>> Positions,
    IReadOnlyList<long> Seen,
    SavedText? Text)
{
    /// <summary>The format that is written.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Whether a session can be in that state: a file may say anything.</summary>
    [JsonIgnore]
    public bool IsSound =>
        Model is { Options: not null, Parameters: not null, Plugins: not null } && Seen is { Count: > 0 } && Seen.All(seen => seen >= 0)
        && Positions is not null && Positions.All(layer => layer?.Count == Seen.Count && layer.All(position => position >= 0)) && Text?.IsSound != false;
}
