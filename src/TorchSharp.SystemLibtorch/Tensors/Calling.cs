using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // What the operator files share.
    public partial class Tensor
    {
        private Tensor InPlace(Operator operation, params ReadOnlySpan<Argument> arguments)
        {
            operation.Run(arguments);
            return this;
        }

        private static Tensor Into(Tensor? destination, Tensor value) => destination is null ? value : destination.copy_(value);

        private static Tensor Cast(Tensor value, ScalarType? type) => type is ScalarType t && t != value.dtype ? value.to_type(t) : value;

        private static string? Name(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();
    }
}
