using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>Gradients to outputs of a function that does not have missing ones made up of zeros.</summary>
internal static class Given
{
    /// <summary>The gradient, null where there is none.</summary>
    public static Tensor? Of(Tensor? gradient) => gradient is null || gradient.IsInvalid ? null : gradient;
}
