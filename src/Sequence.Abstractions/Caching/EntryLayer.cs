using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Caching;

/// <summary>
/// A layer that reads entries of tokens seen, one key and one value a token and key-value head, by softmax of q . k / sqrt(K): attention and its kin.
/// A plugin's factory makes an <see cref="EntryLayer"/>; JSON names it as any other mixer. The layer says what an entry is; the host, which are kept, for how
/// long and in what form: under any <see cref="CachePolicy"/>, in training, in prefill and token by token.
/// <code>
/// h_t             = scan(x)_t                                      where the layer has a <see cref="Scan"/>
/// q_t, k_t, v_t   = Project(x, h)_t
/// r_t             = sum_j softmax_j(R(q_t) . R(k_j) / sqrt(K)) v_j     j over the entries that the policy holds and t may read
/// y_t             = Output(r, x, h)_t
/// </code>
/// </summary>
/// <param name="name">Name of the module.</param>
public abstract class EntryLayer(string name) : nn.Module(name)
{
    /// <summary>One entry.</summary>
    public abstract EntryShape Shape { get; }

    /// <summary>Element type and device of the entries: those of this parameter.</summary>
    public abstract Tensor Like { get; }

    /// <summary>Which of the entries held a token reads.</summary>
    public virtual EntryReads Reads => EntryReads.Inclusive;

    /// <summary>Whether it says how much it wants each token to be kept: <see cref="Entries.Scores"/>.</summary>
    public virtual bool Scores => false;

    /// <summary>A scan that runs first, whose output the projections may use; registered by the layer as its own module. None by default.</summary>
    public virtual ScanLayer? Scan => null;

    /// <summary>Dropout of the weights while training.</summary>
    public virtual double Dropout => 0;

    /// <summary>q, k and v of tokens.</summary>
    /// <param name="x">Inputs, [B, T, D].</param>
    /// <param name="h">Outputs of <see cref="Scan"/>, [B, T, D]; null without one.</param>
    /// <param name="context">Which tokens are real and where documents begin.</param>
    public abstract Entries Project(Tensor x, Tensor? h, SequenceContext context);

    /// <summary>R: turns queries or keys [B, H, T, K] by their positions, [B or 1, T] or [B, H, T] int64. Leaves them alone by default.</summary>
    public virtual Tensor Rotate(Tensor heads, Tensor positions) => heads;

    /// <summary>R of queries and keys at the same positions, [B or 1, T] int64: as one by one, unless both are cheaper together.</summary>
    public virtual (Tensor Queries, Tensor Keys) Rotate(Entries entries, Tensor positions) =>
        (Rotate(entries.Queries, positions), Rotate(entries.Keys, positions));

    /// <summary>Whether <see cref="Rotate(Tensor, Tensor)"/> does anything; if not, no rotated form is kept.</summary>
    public virtual bool Rotates => false;

    /// <summary>The layer's output: r [B, H, T, V], x [B, T, D], h [B, T, D] or null -> [B, T, D].</summary>
    public abstract Tensor Output(Tensor read, Tensor x, Tensor? h);
}
