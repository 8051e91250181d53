using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Selective;

/// <summary>Tokens that bring dt and w as they are, and give y as it is read.</summary>
internal readonly struct PlainTokens<T, TStored>(
    Tokens<TStored> dt, Tokens<TStored> w, Tokens<TStored> y, Tokens<TStored> gy = default, Tokens<TStored> gdt = default, Tokens<TStored> gw = default) : ISelectiveTokens<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    /// <inheritdoc/>
    public unsafe void Read(in SelectiveBlock<T> block)
    {
        Rows<T, TStored>.Read(dt.At(block.Row, block.Begin, block.Start), dt.Stride, block.Dt, block.Stride, block.Tokens, block.Count);
        Rows<T, TStored>.Read(w.At(block.Row, block.Begin, block.Start), w.Stride, block.W, block.Stride, block.Tokens, block.Count);
    }

    /// <inheritdoc/>
    public void Expect(in SelectiveBlock<T> block, int e)
    {
        Expect(dt, block, e);
        Expect(w, block, e);
        Expect(y, block, e);
    }

    /// <inheritdoc/>
    public void ExpectGradient(in SelectiveBlock<T> block, int e)
    {
        Expect(dt, block, e);
        Expect(w, block, e);
        Expect(gy, block, e);
        Expect(gdt, block, e);
        Expect(gw, block, e);
    }

    /// <inheritdoc/>
    public unsafe void Write(in SelectiveBlock<T> block) =>
        Rows<T, TStored>.Write(block.Y, block.Stride, y.At(block.Row, block.Begin, block.Start), y.Stride, block.Tokens, block.Count);

    /// <inheritdoc/>
    public unsafe void ReadGradient(in SelectiveBlock<T> block) =>
        Rows<T, TStored>.Read(gy.At(block.Row, block.Begin, block.Start), gy.Stride, block.GY, block.Stride, block.Tokens, block.Count);

    /// <inheritdoc/>
    public unsafe void WriteGradient(in SelectiveBlock<T> block)
    {
        Rows<T, TStored>.Write(block.GDt, block.Stride, gdt.At(block.Row, block.Begin, block.Start), gdt.Stride, block.Tokens, block.Count);
        Rows<T, TStored>.Write(block.GW, block.Stride, gw.At(block.Row, block.Begin, block.Start), gw.Stride, block.Tokens, block.Count);
    }

    private static void Expect(Tokens<TStored> of, in SelectiveBlock<T> block, int e) => of.Expect(block.Row, block.Next, block.NextTokens, block.Start, e);
}
