using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Malformed;

/// <summary>One call that libtorch or this provider has to refuse. Tensors are made inside the call, in the scope of its test.</summary>
internal sealed record MalformedCall(string Name, Action Run)
{
    /// <summary>A call of an operator; the arguments are made when it is run.</summary>
    internal static MalformedCall Of(string name, string operation, string overload, Func<Argument[]> arguments) =>
        new($"{operation}: {name}", () => new Operator(operation, overload).Call(arguments()));
}
