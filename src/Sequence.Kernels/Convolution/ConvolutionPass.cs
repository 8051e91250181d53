using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Convolution;

/// <summary>The two passes of a causal convolution over [B, T, C]: rows and blocks of channels on threads.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
/// <typeparam name="TStored">How memory holds tokens and weights.</typeparam>
internal unsafe struct ConvolutionPass<T, TStored>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    // channels: of them w vectors, and their weights, lie in a core's cache
    private const int BlockWidth = 256;

    /// <summary>w.</summary>
    public int Taps;

    /// <summary>Whether y is silu(s).</summary>
    public bool Silu;

    /// <summary>u, y and the gradients to them [B, T, C]; what lies before and the gradient to that, [B, w - 1, C], none where it is zero.</summary>
    public Tokens<TStored> U, Y, GU, GY, Window, GWindow;

    /// <summary>Tokens of its document in front of each, [B, T]; null where that is all there are.</summary>
    public long* Positions;

    /// <summary>W [w, C] and b [C].</summary>
    public TStored* Weight, Bias;

    /// <summary>The gradients to W and b of each row, [B, w, C] and [B, C], from zero on.</summary>
    public T* GWeight, GBias;

    /// <summary>y.</summary>
    /// <param name="shape">[B, T, C].</param>
    public readonly void Forward(long[] shape)
    {
        var pass = this;
        ChannelBlocks.Run(shape[0], shape[2], BlockWidth, shape[1] * Taps, Bytes(Taps + 1), (block, memory) =>
        {
            var loop = new ConvolutionForward<T, TStored>(pass.Rows(shape, block, (byte*)memory));
            LaneWidth.Run<T, ConvolutionForward<T, TStored>>(ref loop, block.Count);
        });
    }

    /// <summary>The gradients to everything.</summary>
    /// <param name="shape">[B, T, C].</param>
    public readonly void Backward(long[] shape)
    {
        var pass = this;
        ChannelBlocks.Run(shape[0], shape[2], BlockWidth, 2 * shape[1] * Taps, Bytes(2 * Taps + 1), (block, memory) =>
        {
            var loop = new ConvolutionBackward<T, TStored>(pass.Rows(shape, block, (byte*)memory));
            LaneWidth.Run<T, ConvolutionBackward<T, TStored>>(ref loop, block.Count);
        });
    }

    /// <summary>Of so many rows of a block, and where the inputs of a token lie.</summary>
    private readonly long Bytes(int rows) => (long)rows * BlockWidth * sizeof(T) + Taps * sizeof(TStored*);

    private readonly ConvolutionRows<T, TStored> Rows(long[] shape, ChannelBlock block, byte* memory)
    {
        var scratch = new Scratch<T>((T*)(memory + Taps * sizeof(TStored*)));
        var rows = new ConvolutionRows<T, TStored>
        {
            Time = (int)shape[1], Taps = Taps, Row = block.Row, Start = block.Start, Stride = BlockWidth, GStride = (int)shape[2], Silu = Silu,
            U = U, Y = Y, GU = GU, GY = GY, Window = Window, GWindow = GWindow, Positions = Positions is null ? null : Positions + block.Row * shape[1],
            Inputs = (TStored**)memory, Weight = scratch.Take((long)Taps * BlockWidth), Bias = scratch.Take(BlockWidth), GS = scratch.Take((long)Taps * BlockWidth),
            GWeight = GWeight + block.Row * Taps * shape[2] + block.Start, GBias = GBias + block.Row * shape[2] + block.Start,
        };
        Rows<T, TStored>.Read(Weight + block.Start, shape[2], rows.Weight, BlockWidth, Taps, block.Count);
        Rows<T, TStored>.Read(Bias + block.Start, 0, rows.Bias, 0, 1, block.Count);
        return rows;
    }
}
