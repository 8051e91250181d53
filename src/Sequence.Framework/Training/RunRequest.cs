using System.Text.Json.Nodes;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>One run to be done, or to be gone on with.</summary>
public sealed record RunRequest
{
    /// <summary>What the run is.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>The configuration that <see cref="Options"/> were bound from, resolved; kept as <c>config.json</c>.</summary>
    public required JsonNode Config { get; init; }

    /// <summary>Where the run lives.</summary>
    public required string Folder { get; init; }

    /// <summary>Where tensors live.</summary>
    public required Device Device { get; init; }

    /// <summary>Whether to go on with what the folder holds; a folder without a run is begun, a finished run is handed back.</summary>
    public bool Resume { get; init; }

    /// <summary>The task, where it is loaded already; null to make it from the options.</summary>
    public ITask? Task { get; init; }
}
