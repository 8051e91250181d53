using static TorchSharp.torch;

namespace Sequence.Caching;

/// <summary>
/// A <see cref="CachePolicy"/> under which an entry that has left never returns and that knows, of entries and those after them, when each leaves. Token by
/// token it retains entry j after token i exactly if i &lt;= lifetime_j, so the query of token i sees
/// <code>
/// { j &lt; i : i &lt;= lifetime_j } and i itself      inclusive reads: entries are dropped, then read
/// { j &lt; i : i - 1 &lt;= lifetime_j }               strictly past reads: entries are read, then written and dropped
/// </code>
/// which makes a mask of T numbers instead of T x T, for training and prefill.
/// </summary>
public interface ILifetimePolicy
{
    /// <summary>The position of the last token after which each entry is still held, [B, Hkv or 1, n] int64; below its own position where it is dropped at once.</summary>
    /// <param name="view">
    /// Entries of one document in the order of their positions: what is left of the past, then every token of the call. Nothing later is known.
    /// </param>
    Tensor Lifetimes(CacheView view);
}
