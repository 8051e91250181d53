using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            // PyTorch's: keeps the quotient finite where all gradients are zero
            private const double NormGuard = 1e-6;

            /// <summary>Scales all gradients together so that the norm of their concatenation is at most <paramref name="max_norm"/>.</summary>
            /// <returns>The norm before clipping; the one number that is read back from the device.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                var groups = Gradients(tensors).GroupBy(grad => (grad.device_type, grad.device_index, grad.dtype)).Select(group => group.ToArray()).ToArray();
                if (groups.Length == 0)
                    return 0;

                var total = TotalNorm(groups, norm_type).ToDouble();
                var scale = max_norm / (total + NormGuard);
                if (scale < 1)
                {
                    foreach (var group in groups)
                        Foreach.mul_(group, scale);
                }
                return total;
            }

            // the same by 2-norms, without reading the norm back: [] on the device of the first gradient
            internal static Tensor ClipOnDevice(IEnumerable<Parameter> tensors, double max_norm)
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                var groups = Gradients(tensors).GroupBy(grad => (grad.device_type, grad.device_index, grad.dtype)).Select(group => group.ToArray()).ToArray();
                if (groups.Length == 0)
                    return zeros([]).MoveToOuterDisposeScope();

                var total = TotalNorm(groups, 2);
                var scale = (max_norm / (total + NormGuard)).clamp_max(1);
                foreach (var group in groups)
                    Foreach.mul_(group, scale.to(group[0].dtype, group[0].device));
                return total.MoveToOuterDisposeScope();
            }

            /// <summary>Clamps every element of every gradient to [-clip_value, clip_value].</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                foreach (var grad in Gradients(tensors))
                    grad.clamp_(-clip_value, clip_value);
            }

            private static IEnumerable<Tensor> Gradients(IEnumerable<Parameter> parameters)
            {
                foreach (var parameter in parameters)
                {
                    if (parameter.grad is { } grad)
                        yield return grad;
                }
            }

            /// <summary>The norm of the norms: one number a tensor, gathered on the first tensor's device.</summary>
            private static Tensor TotalNorm(Tensor[][] groups, double p)
            {
                var target = groups[0][0].device;
                var type = groups.Any(group => group[0].dtype == ScalarType.Float64) ? ScalarType.Float64 : ScalarType.Float32;
                var norms = new List<Tensor>();
                foreach (var group in groups)
                {
                    foreach (var norm in Norms(group, p))
                        norms.Add(norm.to(type, target));
                }
                var gathered = stack(norms.ToArray());
                return double.IsPositiveInfinity(p) ? gathered.max() : linalg.vector_norm(gathered, p);
            }

            private static IEnumerable<Tensor> Norms(Tensor[] group, double p) =>
                p is 1 or 2 ? Foreach.norm(group, p) : group.Select(grad => linalg.vector_norm(grad, p));
        }
    }
}
