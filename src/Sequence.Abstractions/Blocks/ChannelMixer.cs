using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Mixes the channels of each token alone: [B, T, D] -> [B, T, D]. The feed-forward half of a block.</summary>
/// <param name="name">Name of the module.</param>
public abstract class ChannelMixer(string name) : nn.Module<Tensor, Tensor>(name);
