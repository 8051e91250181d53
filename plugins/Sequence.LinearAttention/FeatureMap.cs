using Sequence.Kernels.Steps;
using static TorchSharp.torch;

namespace Sequence.LinearAttention;

/// <summary>phi: what stands in for the exponential of softmax attention, exp(q . k) -> phi(q) . phi(k).</summary>
public enum FeatureMap
{
    /// <summary>elu(x) + 1, positive everywhere: the map of arXiv 2006.16236.</summary>
    Elu,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x itself: the dot product. Of either sign, so it goes without a normaliser.</summary>
    Identity,
}

/// <summary>Computes feature maps.</summary>
internal static class FeatureMaps
{
    /// <summary>phi(x), elementwise.</summary>
    public static Tensor Of(this FeatureMap map, Tensor x) => map switch
    {
        // elu(x) + 1 = x + 1 above zero and e^x below, written so that small values keep their digits
        FeatureMap.Elu => x.relu() + x.clamp_max(0).exp(),
        FeatureMap.Relu => x.relu(),
        FeatureMap.Identity => x,
        _ => throw new ArgumentOutOfRangeException(nameof(map), map, "No such feature map."),
    };

    /// <summary>phi(x) of one token a row, in place.</summary>
    public static Vectors Step(this FeatureMap map, Vectors x) => map switch
    {
        FeatureMap.Elu => x.EluPlusOne(),
        FeatureMap.Relu => x.Relu(),
        FeatureMap.Identity => x,
        _ => throw new ArgumentOutOfRangeException(nameof(map), map, "No such feature map."),
    };
}
