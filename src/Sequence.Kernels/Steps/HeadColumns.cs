namespace Sequence.Kernels.Steps;

/// <summary>Vectors [B, H V] as H heads of V numbers, and what is one number a head.</summary>
public static unsafe class HeadColumns
{
    /// <summary>s x for each head, in the place of x.</summary>
    /// <param name="x">[B, H V].</param>
    /// <param name="s">[B, H].</param>
    public static Vectors Scale(Vectors x, Vectors s)
    {
        if (x.IsDouble)
            Scale<double>(x, s);
        else
            Scale<float>(x, s);
        return x;
    }

    /// <summary>v [B, H V] with a one behind each head, [B, H (V + 1)].</summary>
    public static Vectors WithOnes(Workspace work, Vectors v, int heads)
    {
        var V = v.Width / heads;
        var wide = work.Take(v, v.Width + heads);
        for (var head = 0; head < heads; head++)
        {
            v.Slice(head * V, V).CopyTo(wide.Slice(head * (V + 1), V));
            wide.Slice(head * (V + 1) + V, 1).Fill(1);
        }

        return wide;
    }

    /// <summary>Each head of <paramref name="sums"/> [B, H (V + 1)] over its last number plus epsilon, to y [B, H V].</summary>
    public static void Divide(Vectors sums, Vectors y, int heads, double epsilon)
    {
        var V = y.Width / heads;
        for (var row = 0; row < y.Batch; row++)
        {
            for (var head = 0; head < heads; head++)
                Move(sums, head * (V + 1), y, head * V, V, row, 1 / (sums.At(row, head * (V + 1) + V) + epsilon));
        }
    }

    /// <summary>Each head of <paramref name="sums"/> [B, H (V + 1)] over the larger of its last number's size and <paramref name="least"/> [B, H], to y [B, H V].</summary>
    public static void DivideBySize(Vectors sums, Vectors y, int heads, Vectors least)
    {
        var V = y.Width / heads;
        for (var row = 0; row < y.Batch; row++)
        {
            for (var head = 0; head < heads; head++)
                Move(sums, head * (V + 1), y, head * V, V, row, 1 / Math.Max(Math.Abs(sums.At(row, head * (V + 1) + V)), least.At(row, head)));
        }
    }

    private static void Scale<T>(Vectors x, Vectors s)
        where T : unmanaged
    {
        var V = x.Width / s.Width;
        for (var row = 0; row < x.Batch; row++)
        {
            for (var head = 0; head < s.Width; head++)
                MixLoop<T>.Run(x.Row<T>(row) + head * V, s.At(row, head), V);
        }
    }

    private static void Move(Vectors from, int at, Vectors to, int toAt, int count, int row, double factor)
    {
        for (var i = 0; i < count; i++)
            to.Put(row, toAt + i, from.At(row, at + i) * factor);
    }
}
