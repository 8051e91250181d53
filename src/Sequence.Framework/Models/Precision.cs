namespace Sequence.Framework.Models;

/// <summary>
/// How products (linear maps, convolutions, attention) are computed in training and evaluation. Parameters, their gradients, the optimizer's moments, the states of
/// recurrences, norms, losses and metrics are in float32 in each; checkpoints and sessions too.
/// </summary>
public enum Precision
{
    /// <summary>In float32.</summary>
    Float32,

    /// <summary>In float32 with factors rounded to TensorFloat-32 (10 bits of mantissa) on CUDA; elsewhere in float32.</summary>
    Tf32,

    /// <summary>In bfloat16 (7 bits of mantissa), summed in float32: automatic mixed precision. What is left of products in float32 is as <see cref="Tf32"/>.</summary>
    Bfloat16,
}
