using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>
/// What T tokens do in an elementwise recurrence h_t = e^(l_t) h_(t-1) + b_t, computed only when it is asked for: a state much wider than the
/// token that writes it is then never held for more than a stretch of them.
/// </summary>
public interface IDiagonalTokens
{
    /// <summary>T.</summary>
    long Count { get; }

    /// <summary>l, [B, T, ...]: minus infinity where a document begins, zero at padded positions.</summary>
    Tensor Log { get; }

    /// <summary>b, [B, T, ...]: zero at padded positions.</summary>
    Tensor Input { get; }

    /// <summary>What is read from the states h [B, T, ...] token by token: [B, T, C].</summary>
    Tensor Read(Tensor h);

    /// <summary>Tokens <paramref name="from"/> up to before <paramref name="to"/>.</summary>
    IDiagonalTokens Slice(long from, long to);
}
