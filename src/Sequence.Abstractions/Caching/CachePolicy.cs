using static TorchSharp.torch;

namespace Sequence.Caching;

/// <summary>
/// Which entries a cache keeps. A policy has options and no state: the entries, their signals and the random stream live in the cache, so that one policy
/// serves any number of sessions at a time. The host asks it once a call, after the call's entries have been written, and frees what it does not retain.
/// <para>
/// A policy whose decisions can be told ahead is an <see cref="ILifetimePolicy"/> as well: then any split of a sequence into calls gives the same, and models
/// can be trained under it. Others decide once a call, whatever the call brought: a prompt is read whole before anything of it is dropped.
/// </para>
/// </summary>
public abstract class CachePolicy
{
    /// <summary>How many entries are held when a call returns; null where the policy promises nothing.</summary>
    public virtual CacheBudget? Budget => null;

    /// <summary>Every budget that decisions are made by, those of policies inside among them: a layer that one of them does not fit refuses the policy at the start.</summary>
    public virtual IReadOnlyList<CacheBudget> Budgets => Budget is { } budget ? [budget] : [];

    /// <summary>Whether nothing ever leaves: then the policy is not asked, and says only in what form entries are held.</summary>
    public virtual bool KeepsAll => false;

    /// <summary>Whether <see cref="Budget"/> is used up wherever there are as many tokens, so that bytes can be told ahead; if not, it is a bound.</summary>
    public virtual bool FillsBudget => true;

    /// <summary>The columns that decisions need.</summary>
    public virtual IReadOnlyList<EntrySignal> Signals => [];

    /// <summary>Whether heads keep entries of their own. If not, an entry is kept for all heads or for none.</summary>
    public virtual bool PerHead => false;

    /// <summary>What positions keys are read at.</summary>
    public virtual EntryPositions Positions => EntryPositions.Original;

    /// <summary>In what form entries are held.</summary>
    public virtual EntryStorage Storage => EntryStorage.Full;

    /// <summary>
    /// Whether outputs are those without a policy for as long as there is room for every token seen. Not so where an entry may be refused whatever room there
    /// is, or is held in another form.
    /// </summary>
    public virtual bool IsLossless => Storage == EntryStorage.Full;

    /// <summary>Which entries stay, [B, Hkv or 1, n] bool.</summary>
    public abstract Tensor Retain(CacheView view);

    /// <summary>Entries of a head that are held at most when a call returns, [B, Hkv or 1, 1] int64; null where nothing is promised.</summary>
    public virtual Tensor? Bound(CacheView view) => Budget is { } budget ? view.Room(budget) : null;
}
