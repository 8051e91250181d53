using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>What a backward that computes outside of the graph says to create_graph.</summary>
internal static class SecondDerivative
{
    /// <summary>Refuses where gradients are recorded.</summary>
    /// <exception cref="NotSupportedException">They are. With the packages this ends the process.</exception>
    public static void Refuse(string name, string instead)
    {
        if (is_grad_enabled())
            throw new NotSupportedException($"{name} has no second derivative (backward was called with create_graph): use {instead}.");
    }
}
