namespace Sequence.Scans;

/// <summary>
/// What an aggregation operator promises about its results, and so which schedules may compute it. The host refuses a schedule that the
/// promise does not cover, and verifies the promise on random states.
/// </summary>
[Flags]
public enum Algebra
{
    /// <summary>
    /// Nothing: the parentheses are part of the model, as with every learned operator. Only schedules that keep the brackets of the
    /// Blelloch tree are allowed: the level scan and the binary counter.
    /// </summary>
    ExactlyBracketed = 0,

    /// <summary>(a b) c = a (b c), up to rounding: any schedule that keeps the order.</summary>
    Associative = 1,

    /// <summary>a b = b a, up to rounding.</summary>
    Commutative = 2,
}
