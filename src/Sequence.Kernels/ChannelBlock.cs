namespace Sequence.Kernels;

/// <summary>Some channels of a row of [B, T, D].</summary>
/// <param name="Row">Of B.</param>
/// <param name="Index">Of the blocks that D falls into.</param>
/// <param name="Start">The first channel.</param>
/// <param name="Count">How many channels.</param>
internal readonly record struct ChannelBlock(int Row, int Index, int Start, int Count);
