namespace Sequence.Kernels.Registry;

/// <summary>Which form of a kernel is to run.</summary>
public enum KernelPreference
{
    /// <summary>The fused form where it takes the inputs, the reference elsewhere.</summary>
    Auto,

    /// <summary>Tensor operations, always: to check a number against.</summary>
    Reference,

    /// <summary>The fused form, always: inputs that it does not take are an error.</summary>
    Fused,
}
