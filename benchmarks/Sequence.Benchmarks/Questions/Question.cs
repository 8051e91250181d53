using Sequence.Benchmarks.Measuring;

namespace Sequence.Benchmarks.Questions;

/// <summary>What does a piece of work cost, beside the same in PyTorch? Written once, for measurements side by side and for those of ours alone.</summary>
public abstract class Question
{
    /// <summary>As rows name it.</summary>
    public abstract string Name { get; }

    /// <summary>The peer: a file in benchmarks/peers.</summary>
    public abstract string Script { get; }

    /// <summary>Its forms that are asked.</summary>
    public abstract IReadOnlyList<string> Forms { get; }

    /// <summary>What the script is told beside the number of threads.</summary>
    public virtual IReadOnlyList<string> Arguments => [];

    /// <summary>T.</summary>
    public virtual IReadOnlyList<long> Lengths => [256, 1_024, 4_096, 16_384];

    /// <summary>T of a quick look.</summary>
    public virtual IReadOnlyList<long> QuickLengths => [1_024];

    /// <summary>What is timed.</summary>
    public virtual IReadOnlyList<Pass> Passes => [Pass.Forward, Pass.Both];

    /// <summary>Whether a quick look asks at all.</summary>
    public virtual bool IsQuick => true;

    /// <summary>Whether the peer is asked too: its memory and its time grow.</summary>
    public virtual bool AsksPeer(long T, Pass pass) => T <= 1_024 || (T <= 4_096 && pass == Pass.Forward);

    /// <summary>Whether the end of a case is compared where the peer is asked too: it is asked about the beginning alone.</summary>
    public virtual bool ChecksEnd => false;

    /// <summary>A length whose time a token every longer one's is compared with, for it should not grow; null where it must.</summary>
    public virtual long? Shorter => 1_024;

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
