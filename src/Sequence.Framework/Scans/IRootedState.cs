using Sequence.Mixers;

namespace Sequence.Framework.Scans;

/// <summary>A state whose memory of what is past is roots of a tree.</summary>
internal interface IRootedState
{
    /// <summary>R, the most roots that are held; null for as many as it takes.</summary>
    int? MostRoots { get; }

    /// <summary>The state, which has seen nothing yet, with another R; it takes the tensors of this one over.</summary>
    /// <exception cref="InvalidOperationException">It has seen tokens.</exception>
    MixerState WithMostRoots(int? most);
}
