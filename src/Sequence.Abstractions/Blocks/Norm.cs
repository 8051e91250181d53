using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Normalises the channels of each token alone: [..., D] -> [..., D].</summary>
/// <param name="name">Name of the module.</param>
public abstract class Norm(string name) : nn.Module<Tensor, Tensor>(name);
