using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>All parameters behind one another, flattened: a vector [total].</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                return cat(tensors.Select(parameter => parameter.reshape(-1)).ToArray()).MoveToOuterDisposeScope();
            }

            /// <summary>Copies the pieces of a vector [total] into the parameters, in order.</summary>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                var parameters = tensors.ToArray();
                var total = parameters.Sum(parameter => parameter.numel());
                if (vec.dim() != 1 || vec.numel() != total)
                    throw new ArgumentException($"The parameters hold {total} values; the vector has shape [{string.Join(", ", vec.shape)}].", nameof(vec));

                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                var start = 0L;
                foreach (var parameter in parameters)
                {
                    parameter.copy_(vec.narrow(0, start, parameter.numel()).view(parameter.shape));
                    start += parameter.numel();
                }
            }
        }
    }
}
