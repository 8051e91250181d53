namespace Sequence.Tasks;

/// <summary>One sequence and what it should give.</summary>
/// <param name="Tokens">Token ids, T of them, at least one.</param>
/// <param name="Targets">One class (sequence targets) or T classes (token targets).</param>
public sealed record Example(long[] Tokens, long[] Targets)
{
    /// <summary>A target that is not scored.</summary>
    public const long Ignored = -100;
}
