namespace Sequence.Framework.Models;

/// <summary>What stands at one depth of a stack.</summary>
/// <param name="Key">The entry of the configuration that put it there, such as <c>blocks[0].pattern[1]</c>.</param>
/// <param name="Options">The block.</param>
/// <param name="Block">Which set of weights it has.</param>
internal sealed record PlannedBlock(string Key, BlockOptions Options, int Block);
