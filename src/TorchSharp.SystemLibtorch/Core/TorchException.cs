using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>libtorch refused a call. The message names the operator, the tensors it was given, and libtorch's own reason.</summary>
public sealed class TorchException : ExternalException
{
    public TorchException() { }

    public TorchException(string message) : base(message) { }

    public TorchException(string message, Exception innerException) : base(message, innerException) { }

    internal TorchException(string call, string reason) : base($"{call}: {reason}") => Call = call;

    /// <summary>The operator and what it was given, as in <c>matmul(Float32[2, 3], Float32[4, 5])</c>.</summary>
    public string Call { get; } = "";
}
