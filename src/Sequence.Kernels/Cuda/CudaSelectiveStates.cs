using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>What a pass of a selective scan on a GPU takes beside its tokens. Backwards the recurrence runs from the gradient to the last h to that to the first.</summary>
/// <param name="Like">[B, T, E], of the element type of tokens.</param>
/// <param name="A">[N, E].</param>
/// <param name="B">[B, T, N].</param>
/// <param name="C">[B, T, N].</param>
/// <param name="Starts">[B, T] bool, or empty.</param>
/// <param name="Padding">[B, T] bool, or null or empty.</param>
/// <param name="Initial">[B, N, E], what the recurrence begins with.</param>
/// <param name="Last">[B, N, E], where it ends.</param>
/// <param name="Kept">h before each tile, of <see cref="CudaSelective.Kept"/>.</param>
internal sealed record CudaSelectiveStates(Tensor Like, Tensor A, Tensor B, Tensor C, Tensor Starts, Tensor? Padding, Tensor Initial, Tensor Last, Tensor Kept);
