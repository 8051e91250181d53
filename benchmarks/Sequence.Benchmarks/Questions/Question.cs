using Sequence.Benchmarks.Measuring;

namespace Sequence.Benchmarks.Questions;

/// <summary>What does a piece of work cost, beside the same in PyTorch? Written once, for measurements side by side and for those of ours alone.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
public abstract class Question(Setting setting)
{
    /// <summary>Where it is asked, and at which sizes.</summary>
    public Setting Setting { get; } = setting;

    /// <summary>D.</summary>
    protected long D => Setting.Channels;

    /// <summary>As rows name it.</summary>
    public abstract string Name { get; }

    /// <summary>The peer: a file in benchmarks/peers.</summary>
    public abstract string Script { get; }

    /// <summary>Its forms that are asked.</summary>
    public abstract IReadOnlyList<string> Forms { get; }

    /// <summary>Forms that are asked where the peer has them: of libraries that may not be there. Where such a form gives no gradient to an input, the others are compared.</summary>
    public virtual IReadOnlyList<string> FormsOfOthers => [];

    /// <summary>What the script is told beside the number of threads.</summary>
    public virtual IReadOnlyList<string> Arguments => [];

    /// <summary>T.</summary>
    public virtual IReadOnlyList<long> Lengths => Setting.Lengths(256, 1_024, 4_096, 16_384);

    /// <summary>T of a quick look.</summary>
    public virtual IReadOnlyList<long> QuickLengths => Setting.Lengths(1_024);

    /// <summary>What is timed.</summary>
    public virtual IReadOnlyList<Pass> Passes => [Pass.Forward, Pass.Both];

    /// <summary>Whether a quick look asks at all.</summary>
    public virtual bool IsQuick => true;

    /// <summary>Whether the peer is asked too: its memory and its time grow, which a GPU of 80 GB and more has room for.</summary>
    public virtual bool AsksPeer(long T, Pass pass) => Setting.IsGpu || T <= 1_024 || (T <= 4_096 && pass == Pass.Forward);

    /// <summary>Whether the end of a case is compared where the peer is asked too: it is asked about the beginning alone.</summary>
    public virtual bool ChecksEnd => false;

    /// <summary>A length whose time a token every longer one's is compared with, for it should not grow; null where it must.</summary>
    public virtual long? Shorter => Setting.IsGpu ? null : 1_024;

    /// <summary>The tokens that a run at T computes.</summary>
    public virtual long TokensOf(long T) => T;

    /// <summary>The question at a size.</summary>
    public abstract ICase Create(long T);

    /// <summary>The least work of it; null where no limit of the machine is near.</summary>
    public virtual Load? Load(long T, Pass pass) => null;

    /// <summary>The matrix products of a layer's linear maps alone; null where the question is no layer.</summary>
    public virtual LinearMaps? LinearMaps(long T) => null;

    /// <inheritdoc/>
    public sealed override string ToString() => Name;
}
