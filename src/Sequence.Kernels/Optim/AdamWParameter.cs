using static TorchSharp.torch;

namespace Sequence.Kernels.Optim;

/// <summary>A parameter at one of its updates, with what AdamW remembers of it.</summary>
/// <param name="Value">p, changed in place.</param>
/// <param name="Gradient">g, of the same shape.</param>
/// <param name="Mean">m, the mean of gradients, changed in place.</param>
/// <param name="Square">v, the mean of squared gradients, changed in place.</param>
/// <param name="Update">t, the number of this update of this parameter, from 1.</param>
/// <param name="WeightDecay">w, the fraction of p that a learning rate of 1 would take away.</param>
public readonly record struct AdamWParameter(Tensor Value, Tensor Gradient, Tensor Mean, Tensor Square, long Update, double WeightDecay);
