using static TorchSharp.torch;

namespace Sequence.Caching;

/// <summary>
/// The entries that a policy decides about: those of one layer, for every row and head, n columns wide, in the order of their positions. Where decisions are
/// alike for all heads, the head dimension of <see cref="Positions"/> is 1.
/// </summary>
public abstract class CacheView
{
    /// <summary>Where in its document the token of each entry stands, [B, Hkv or 1, n] int64; -1 where there is no entry.</summary>
    public abstract Tensor Positions { get; }

    /// <summary>Tokens of the current document that each row has seen, those of this call among them, [B, 1, 1] int64.</summary>
    public abstract Tensor Seen { get; }

    /// <summary>Keys, not rotated, [B, Hkv, n, K].</summary>
    public abstract Tensor Keys { get; }

    /// <summary>Values, [B, Hkv, n, V].</summary>
    public abstract Tensor Values { get; }

    /// <summary>Whether this call took in a prompt, more than one token a row, rather than a single one.</summary>
    public abstract bool IsPrefill { get; }

    /// <summary>A column that the policy has declared, [B, Hkv or 1, n] float32.</summary>
    /// <exception cref="InvalidOperationException">The policy has not declared it.</exception>
    public abstract Tensor Signal(EntrySignal signal);

    /// <summary>What a budget means here in entries of a head, once so many tokens are seen, [B, Hkv or 1, m] int64.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="seen">Tokens of the document, [B, Hkv or 1, m] int64.</param>
    public abstract Tensor Room(CacheBudget budget, Tensor seen);

    /// <summary>What a budget means here in entries of a head, [B, Hkv or 1, 1] int64.</summary>
    public Tensor Room(CacheBudget budget) => Room(budget, Seen);

    /// <summary>Which columns hold an entry, [B, Hkv or 1, n] bool.</summary>
    public Tensor Held => Positions >= 0;

    /// <summary>The entries whose lifetimes are not over once the last token is seen, [B, Hkv or 1, n] bool.</summary>
    /// <param name="lifetimes">[B, Hkv or 1, n] int64, as <see cref="ILifetimePolicy.Lifetimes"/> gives them.</param>
    public Tensor Outliving(Tensor lifetimes) => Held.logical_and(lifetimes >= Seen - 1);

    /// <summary>The entries of highest priority, as many as there is room for; of equal ones the earlier.</summary>
    /// <param name="priority">[B, Hkv or 1, n]; entries at minus infinity are never among them.</param>
    /// <param name="room">[B, Hkv or 1, 1] int64.</param>
    /// <returns>[B, Hkv or 1, n] bool.</returns>
    public Tensor Top(Tensor priority, Tensor room)
    {
        var order = priority.masked_fill(Held.logical_not(), double.NegativeInfinity);
        var rank = order.sort(-1, descending: true, stable: true).Indices.argsort(-1);
        return (rank < room).logical_and(order > double.NegativeInfinity);
    }
}
