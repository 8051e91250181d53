using Sequence.Mixers;

namespace Sequence.Framework.Models;

/// <summary>One depth of a model's stack, as built.</summary>
/// <param name="Depth">From 0.</param>
/// <param name="Key">The entry of the configuration that put it there, such as <c>blocks[0].pattern[1]</c>.</param>
/// <param name="Block">Which set of weights it has: the number in the names of its parameters, <c>blocks.2.mixer...</c>.</param>
/// <param name="IsShared">Whether other depths have the same weights.</param>
/// <param name="Options">What it was made from.</param>
/// <param name="Residual">How its branches join the residual stream.</param>
/// <param name="Mixer">Its mixer.</param>
/// <param name="Parameters">Trained scalars of its block, counted at every depth that has them.</param>
public sealed record ModelLayer(
    int Depth, string Key, int Block, bool IsShared, BlockOptions Options, ResidualStyle Residual, SequenceMixer Mixer, long Parameters);
