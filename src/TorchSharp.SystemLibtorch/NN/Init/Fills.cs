using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills a tensor in place and returns it; no gradient is recorded. Draws come in PyTorch's order.</summary>
        public static partial class init
        {
            private static readonly Operator s_qr = new("linalg_qr");

            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var frozen = no_grad();
                return tensor.fill_(val);
            }

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using var frozen = no_grad();
                return tensor.uniform_(low, high, generator);
            }

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using var frozen = no_grad();
                return tensor.normal_(mean, std, generator);
            }

            /// <summary>Normal values cut to [a, b]: the inverse distribution function of a uniform draw.</summary>
            public static Tensor trunc_normal_(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2, Generator? generator = null)
            {
                using var frozen = no_grad();
                // the error function is odd and Phi(x) = (1 + erf(x / sqrt 2)) / 2, so 2 Phi - 1 = erf(x / sqrt 2)
                var low = Erf((a - mean) / std / Math.Sqrt(2));
                var high = Erf((b - mean) / std / Math.Sqrt(2));
                return tensor.uniform_(low, high, generator).erfinv_().mul_(std * Math.Sqrt(2)).add_(mean).clamp_(a, b);
            }

            /// <summary>Ones on the diagonal of a matrix, zeros elsewhere.</summary>
            public static Tensor eye_(Tensor tensor)
            {
                CheckDimensions(tensor, 2, 2, nameof(eye_));
                using var frozen = no_grad();
                using var scope = NewDisposeScope();
                return tensor.copy_(eye(tensor.shape[0], tensor.shape[1], dtype: tensor.dtype, device: tensor.device));
            }

            /// <summary>A convolution that passes its input on: a one in the middle of the kernel from each channel to its like.</summary>
            public static Tensor dirac_(Tensor tensor)
            {
                CheckDimensions(tensor, 3, 5, nameof(dirac_));
                using var frozen = no_grad();
                using var scope = NewDisposeScope();
                tensor.zero_();
                var middle = tensor;
                foreach (var size in tensor.shape.AsSpan(2))
                    middle = middle.select(2, size / 2);
                middle.diagonal().fill_(1);
                return tensor;
            }

            /// <summary>A (semi-)orthogonal matrix [rows, the rest], by the QR decomposition of a normal draw.</summary>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1)
            {
                CheckDimensions(tensor, 2, int.MaxValue, nameof(orthogonal_));
                using var frozen = no_grad();
                using var scope = NewDisposeScope();
                var rows = tensor.shape[0];
                var columns = rows == 0 ? 0 : tensor.numel() / rows;
                var draw = empty([rows, columns], dtype: tensor.dtype, device: tensor.device).normal_();
                var (q, r) = s_qr.Call2(rows < columns ? draw.t() : draw);
                q = q * r.diagonal().sign();
                return tensor.copy_((rows < columns ? q.t() : q).reshape(tensor.shape)).mul_(gain);
            }

            /// <summary>Normal values of which the fraction <paramref name="sparsity"/> of each column is zero.</summary>
            public static Tensor sparse_(Tensor tensor, double sparsity, double std = 0.01)
            {
                CheckDimensions(tensor, 2, 2, nameof(sparse_));
                using var frozen = no_grad();
                using var scope = NewDisposeScope();
                var (rows, columns) = (tensor.shape[0], tensor.shape[1]);
                var zeros = (long)Math.Ceiling(sparsity * rows);
                tensor.normal_(0, std);
                for (var column = 0L; column < columns; column++)
                {
                    var chosen = randperm(rows, device: tensor.device).narrow(0, 0, zeros);
                    tensor.select(1, column).index_fill_(0, chosen, 0);
                }
                return tensor;
            }

            private static void CheckDimensions(Tensor tensor, long least, long most, string what)
            {
                var dimensions = tensor.dim();
                if (dimensions < least || dimensions > most)
                    throw new ArgumentException($"{what} fills tensors of {(least == most ? $"{least}" : $"{least} or more")} dimensions; this one has {dimensions}.", nameof(tensor));
            }

            private static double Erf(double x)
            {
                using var scope = NewDisposeScope();
                return torch.erf(tensor(x, dtype: ScalarType.Float64)).item<double>();
            }
        }
    }
}
