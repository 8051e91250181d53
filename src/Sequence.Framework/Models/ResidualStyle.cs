namespace Sequence.Framework.Models;

/// <summary>
/// Where the norms of a block stand and how its branches join the residual stream x, [B, T, D]. f is the mixer, then the channel mixer; N and
/// N' are norms with weights of their own; s is the <see cref="ResidualScale"/>, 1 where there is none. The norm in front of the head stands
/// with every style.
/// </summary>
public enum ResidualStyle
{
    /// <summary>x = x + s f(N(x)): GPT-2; Xiong et al. 2020, arXiv 2002.04745.</summary>
    PreNorm,

    /// <summary>x = N(x + s f(x)): the Transformer as published, Vaswani et al. 2017, arXiv 1706.03762.</summary>
    PostNorm,

    /// <summary>x = x + s N(f(x)): Swin V2, Liu et al. 2021, arXiv 2111.09883; the reordered norm of OLMo 2, arXiv 2501.00656.</summary>
    ResPostNorm,

    /// <summary>x = x + s N'(f(N(x))): CogView, Ding et al. 2021, arXiv 2105.13290; as Peri-LN, Kim et al. 2025, arXiv 2502.02732.</summary>
    Sandwich,

    /// <summary>x = x + s mixer(N(x)) + s' channelMixer(N(x)), one norm for both: GPT-J; PaLM, Chowdhery et al. 2022, arXiv 2204.02311.</summary>
    Parallel,

    /// <summary>x = s f(x), no stream, norm or dropout around it: a layer that is a whole model itself, as in arXiv 2506.10918.</summary>
    None,
}
