using System.Diagnostics.CodeAnalysis;
using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Rows of a table by index: int64 [*] -> [*, D], with weight [rows, D].</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private static readonly Operator s_embedding = new("embedding");
        private static readonly Operator s_renorm = new("embedding_renorm_");

        private readonly long? _paddingIndex;
        private readonly double? _maxNorm;
        private readonly double _normType;
        private readonly bool _scaleGradByFrequency;
        private readonly bool _sparse;
        private Parameter _weight;

        internal Embedding(Parameter weight, long? paddingIndex, double? maxNorm, double normType, bool scaleGradByFrequency, bool sparse)
            : base(nameof(Embedding))
        {
            var rows = weight.shape[0];
            if (paddingIndex is { } padding && (padding < -rows || padding >= rows))
                throw new ArgumentOutOfRangeException(nameof(paddingIndex), $"padding_idx {padding} is no row of a table of {rows}.");

            _weight = weight;
            _paddingIndex = paddingIndex < 0 ? paddingIndex + rows : paddingIndex;
            (_maxNorm, _normType, _scaleGradByFrequency, _sparse) = (maxNorm, normType, scaleGradByFrequency, sparse);
            ConditionallyRegisterParameter(nameof(weight), weight);
        }

        /// <summary>The table: the same object at every read, so that tying it to another layer shares one parameter.</summary>
        [DisallowNull]
        public Parameter? weight
        {
            get => _weight;
            set
            {
                _weight = value;
                ConditionallyRegisterParameter(nameof(weight), value);
            }
        }

        public override Tensor forward(Tensor input)
        {
            if (_maxNorm is { } limit)
            {
                using var frozen = no_grad();
                using var plain = _weight.detach();
                using var indices = input.contiguous();
                s_renorm.Run(plain, indices, limit, _normType);
            }
            return s_embedding.Call(_weight, input, _paddingIndex ?? -1, _scaleGradByFrequency, _sparse);
        }

        protected override void RegisterComponents()
        {
            // registered by the constructor
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Embedding Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var weight = LayerInit.Normal([num_embeddings, embedding_dims], device, dtype);
                var embedding = new Embedding(weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
                if (padding_idx is { } padding)
                {
                    using var frozen = no_grad();
                    using var row = weight.select(0, padding);
                    row.zero_();
                }
                return embedding;
            }

            /// <param name="freeze">Whether the table is left out of training.</param>
            public static Embedding Embedding_from_pretrained(
                Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                if (embeddings.dim() != 2)
                    throw new ArgumentException($"A table of embeddings has shape [rows, D]; this one has {embeddings.dim()} dimensions.", nameof(embeddings));
                using var plain = embeddings.detach();
                var weight = plain.to(dtype ?? embeddings.dtype, device ?? embeddings.device, copy: true);
                return new Embedding(new Parameter(weight, !freeze), padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
            }
        }
    }
}
