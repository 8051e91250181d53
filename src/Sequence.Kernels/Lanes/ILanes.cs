namespace Sequence.Kernels.Lanes;

/// <summary>
/// Numbers that a processor works on at once. A kernel is written once, generic in its lanes, and compiled for each width: <see cref="Lanes512{T}"/>,
/// <see cref="Lanes256{T}"/>, <see cref="Lanes128{T}"/>, and <see cref="Lanes1{T}"/>, the scalar twin, which also takes what is left over at the end of a row.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
/// <typeparam name="T">float or double: what is computed in, whatever memory holds.</typeparam>
internal unsafe interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged
{
    /// <summary>How many.</summary>
    static abstract int Count { get; }

    /// <summary>0 in each.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>The same number in each.</summary>
    static abstract TSelf Of(T value);

    /// <summary>The same number in each; a constant of the code.</summary>
    static abstract TSelf Of(double value);

    /// <summary>Consecutive numbers.</summary>
    static abstract TSelf Load(T* from);

    /// <summary>Numbers kept as bfloat16, the upper half of a float32. Only where T is float.</summary>
    static abstract TSelf Load(BFloat16* from);

    /// <summary>Writes consecutive numbers.</summary>
    void Store(T* to);

    /// <summary>Rounds to bfloat16, halves to even. Only where T is float.</summary>
    void Store(BFloat16* to);

    /// <summary>x + y.</summary>
    static abstract TSelf operator +(TSelf x, TSelf y);

    /// <summary>x - y.</summary>
    static abstract TSelf operator -(TSelf x, TSelf y);

    /// <summary>-x.</summary>
    static abstract TSelf operator -(TSelf x);

    /// <summary>x y.</summary>
    static abstract TSelf operator *(TSelf x, TSelf y);

    /// <summary>x / y.</summary>
    static abstract TSelf operator /(TSelf x, TSelf y);

    /// <summary>x y + z, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf x, TSelf y, TSelf z);

    /// <summary>The larger of each; which of a NaN and a number is left open.</summary>
    static abstract TSelf Max(TSelf x, TSelf y);

    /// <summary>The smaller of each; which of a NaN and a number is left open.</summary>
    static abstract TSelf Min(TSelf x, TSelf y);

    /// <summary>The square root of each.</summary>
    static abstract TSelf Sqrt(TSelf x);

    /// <summary>The sine and the cosine of each, of any size.</summary>
    static abstract (TSelf Sin, TSelf Cos) SinCos(TSelf x);

    /// <summary>|x|.</summary>
    static abstract TSelf Abs(TSelf x);

    /// <summary>Where x is less than y the first, else the second.</summary>
    static abstract TSelf WhereLess(TSelf x, TSelf y, TSelf then, TSelf otherwise);

    /// <summary>Whether x is less than y in each; a NaN is not.</summary>
    static abstract bool AllLess(TSelf x, TSelf y);

    /// <summary>p 2^n, where n is the whole number in the low bits of <paramref name="magic"/> = n + 1.5 2^23 (float) or n + 1.5 2^52 (double). p 2^n is to be normal.</summary>
    static abstract TSelf Scale(TSelf p, TSelf magic);

    /// <summary>The sum of all.</summary>
    static abstract T Sum(TSelf x);

    /// <summary>The largest of all.</summary>
    static abstract T Largest(TSelf x);
}
