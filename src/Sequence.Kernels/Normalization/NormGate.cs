namespace Sequence.Kernels.Normalization;

/// <summary>How a gated norm gates.</summary>
public enum NormGate
{
    /// <summary>y = w n(x) silu(z), as gated linear attention has it.</summary>
    SiluAfter,

    /// <summary>y = w n(x) sigmoid(z), as the mLSTM has it.</summary>
    SigmoidAfter,

    /// <summary>y = w n(x silu(z)), as Mamba-2 has it.</summary>
    SiluBefore,
}
