namespace Sequence.Kernels.Optim;

/// <summary>What AdamW's update has in common for all parameters.</summary>
/// <param name="LearningRate">a, of this step.</param>
/// <param name="Beta1">b1, the decay of the mean of gradients.</param>
/// <param name="Beta2">b2, the decay of the mean of squared gradients.</param>
/// <param name="Epsilon">e, added to the root of v.</param>
public readonly record struct AdamWRates(double LearningRate, double Beta1, double Beta2, double Epsilon = 1e-8);
