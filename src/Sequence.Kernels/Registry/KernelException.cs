namespace Sequence.Kernels.Registry;

/// <summary>Fused forms were demanded, and there is none for the inputs. The message says which, why, and what to do.</summary>
public sealed class KernelException(string message) : NotSupportedException(message);
