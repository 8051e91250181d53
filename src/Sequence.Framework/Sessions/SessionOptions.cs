using Sequence.Caching;
using Sequence.Components;
using Sequence.Kernels.Registry;

namespace Sequence.Framework.Sessions;

/// <summary>How a session remembers and computes.</summary>
public sealed record SessionOptions
{
    /// <summary>Which entries the caches of the session keep; null for what the model's own policies say.</summary>
    public Component<CachePolicy>? Cache { get; init; }

    /// <summary>How states that are no caches of entries are held; null for what the model's options say.</summary>
    public Component<StatePolicy>? State { get; init; }

    /// <summary>Which form of kernels is preferred; null for what the run preferred.</summary>
    public KernelPreference? Kernels { get; init; }

    /// <summary>
    /// Tokens of a prompt that are taken in at a time, which bounds the memory of long prompts. Null: <see cref="UsualPrefillChunk"/> where how a prompt is split makes no
    /// difference to what is kept, the whole prompt under a cache policy that decides once a call, and where states are rounded or bounded after each. A number given here holds under those, too.
    /// </summary>
    public int? PrefillChunk { get; init; }

    /// <summary>How tokens are chosen where a call does not say.</summary>
    public GenerationOptions Generation { get; init; } = new();

    /// <summary>Seed of the session's random stream.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Tokens of a prompt taken in at a time where nothing speaks against a split.</summary>
    public const int UsualPrefillChunk = 1_024;
}
