namespace Sequence.Kernels.Convolution;

/// <summary>What the loops of a causal convolution over a row and a block of channels share.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
/// <typeparam name="TStored">How memory holds tokens.</typeparam>
internal unsafe struct ConvolutionRows<T, TStored>
    where T : unmanaged
    where TStored : unmanaged
{
    /// <summary>T and w.</summary>
    public int Time, Taps;

    /// <summary>The row of [B, T, C], the first channel of the block.</summary>
    public int Row, Start;

    /// <summary>From one tap to the next, of the block and of the gradient to W.</summary>
    public int Stride, GStride;

    /// <summary>Whether y is silu(s).</summary>
    public bool Silu;

    /// <summary>u, y and the gradients to them [B, T, C]; what lies before and the gradient to that, [B, w - 1, C], none where it is zero.</summary>
    public Tokens<TStored> U, Y, GU, GY, Window, GWindow;

    /// <summary>Tokens of its document in front of each token of the row, [T]; null where that is all there are.</summary>
    public long* Positions;

    /// <summary>Of the block: W [w, channels] and b [channels].</summary>
    public T* Weight, Bias;

    /// <summary>The gradients to W and b of this row, from zero on.</summary>
    public T* GWeight, GBias;

    /// <summary>The gradients to s of the last w tokens, that of token t at t modulo w: [w, channels].</summary>
    public T* GS;

    /// <summary>The inputs that each tap reads, [w].</summary>
    public TStored** Inputs;

    /// <summary>Finds the inputs of a token, nearest first.</summary>
    /// <returns>The last tap that reads anything.</returns>
    public readonly int Find(int t)
    {
        var reach = Reach(t);
        for (var j = 0; j <= reach; j++)
            Inputs[j] = At(U, Window, t - j);
        return reach;
    }

    /// <summary>The last tap that reads anything at a token.</summary>
    public readonly int Reach(int t)
    {
        var reach = Window.IsNone ? Math.Min(Taps - 1, t) : Taps - 1;
        return Positions is null ? reach : (int)Math.Clamp(Positions[t], 0, reach);
    }

    /// <summary>A token, those before the first in the window.</summary>
    public readonly TStored* At(Tokens<TStored> tokens, Tokens<TStored> window, int t) =>
        t >= 0 ? tokens.At(Row, t, Start) : window.At(Row, Taps - 1 + t, Start);
}
