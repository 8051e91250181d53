using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // Linear maps, normalisation, dropout, attention.
        public static partial class functional
        {
            /// <summary>input [..., I] times weights [O, I] transposed, plus bias [O].</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Aten.linear.Call(input, weights, bias);

            public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null) => Aten.bilinear.Call(input1, input2, weight, bias);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1E-05) =>
                Aten.layer_norm.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1E-05) =>
                Aten.group_norm.Call(input, num_groups, weight, bias, eps);

            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1E-05) =>
                Aten.batch_norm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            /// <summary>input divided by its p-norm along dim, the norm being at least eps.</summary>
            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1E-12) =>
                input.div(Aten.norm_ScalarOpt_dim.Call(input, p, dim, true).clamp_min(eps));

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => Dropped(Aten.dropout, Aten.dropout_, input, p, training, inplace);

            /// <summary>Zeroes whole channels: dimension 1 of [N, C, L], or dimension 0 of [C, L].</summary>
            public static Tensor dropout1d(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                if (input.ndim is not (2 or 3))
                {
                    throw new ArgumentException($"dropout1d takes [N, C, L] or [C, L], not a tensor of {input.ndim} dimension(s).", nameof(input));
                }

                bool batched = input.ndim == 3;
                Tensor dropped = Dropped(Aten.feature_dropout, Aten.feature_dropout_, batched ? input : input.unsqueeze(0), p, training, inplace);
                return inplace ? input : batched ? dropped : dropped.squeeze(0);
            }

            /// <summary>softmax(query key^T / sqrt(K)) value for query [..., T, K], key [..., S, K], value [..., S, V]; a Bool mask is true where attention may look.</summary>
            /// <remarks>libtorch 1.13 has this operator under a private name and materialises [..., T, S].</remarks>
            /// <exception cref="ArgumentException">Both a mask and causality are given: some releases of libtorch refuse that, others leave one of them out.</exception>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                if (attn_mask is not null && is_casual)
                    throw new ArgumentException("scaled_dot_product_attention: give a mask or causality, not both", nameof(attn_mask));
                return Aten.scaled_dot_product_attention.Exists
                    ? Aten.scaled_dot_product_attention.Call(query, key, value, attn_mask, p, is_casual)
                    : Aten._scaled_dot_product_attention.Call2(query, key, value, attn_mask, p, false, is_casual).Item1;
            }

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1E-08) => Aten.cosine_similarity.Call(x1, x2, dim, eps);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Aten.one_hot.Call(x, num_classes);

            private static Tensor Dropped(Operator pure, Operator inPlace, Tensor input, double p, bool training, bool inplace)
            {
                if (!inplace)
                {
                    return pure.Call(input, p, training);
                }

                inPlace.Run(input, p, training);
                return input;
            }
        }
    }
}

file static class Aten
{
    internal static readonly Operator
        linear = new("linear"), bilinear = new("bilinear"), layer_norm = new("layer_norm"), group_norm = new("group_norm"), batch_norm = new("batch_norm"),
        norm_ScalarOpt_dim = new("norm", "ScalarOpt_dim"), dropout = new("dropout"), dropout_ = new("dropout_"), feature_dropout = new("feature_dropout"),
        feature_dropout_ = new("feature_dropout_"), scaled_dot_product_attention = new("scaled_dot_product_attention"),
        _scaled_dot_product_attention = new("_scaled_dot_product_attention"), cosine_similarity = new("cosine_similarity"), one_hot = new("one_hot");
}
