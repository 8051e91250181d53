using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Selective;

/// <summary>
/// The two passes of a selective scan over [B, T, E]: rows and blocks of channels on threads, each block one stretch of tokens after the other in scratch memory.
/// The forward pass keeps h before each stretch, and the backward pass starts from there.
/// </summary>
/// <typeparam name="T">What is computed in, A and h too.</typeparam>
/// <typeparam name="TStored">How B and C lie in memory.</typeparam>
internal unsafe struct SelectivePass<T, TStored>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    private const double Log2E = 1.4426950408889634;

    public SelectiveSizes Sizes;

    /// <summary>[B, T, N].</summary>
    public Tokens<TStored> B, C;

    /// <summary>[B, T], or null.</summary>
    public byte* Starts;

    /// <summary>[N, E].</summary>
    public T* A;

    /// <summary>h before each stretch, packed blocks; null to keep none.</summary>
    public T* Kept;

    /// <summary>h before the first and after the last token, [B, N, E].</summary>
    public T* Initial, Last;

    /// <summary>The gradients to them.</summary>
    public T* GInitial, GLast;

    /// <summary>The gradient to A by each row, [B, N, E].</summary>
    public T* GA;

    /// <summary>The gradients to B and C by each block of channels, [blocks, B, T, 2, N].</summary>
    public T* GBC;

    /// <summary>y and the last h.</summary>
    public readonly void Forward<TTokens>(TTokens tokens)
        where TTokens : ISelectiveTokens<T>
    {
        var (pass, sizes) = (this, Sizes);
        var (lane, state) = ((long)sizes.Stretch * SelectiveSizes.Stride, (long)sizes.States * SelectiveSizes.BlockWidth);
        var numbers = 3 * lane + 2 * state + 2L * sizes.Stretch * sizes.States;
        ChannelBlocks.Run(sizes.Rows, sizes.Width, SelectiveSizes.BlockWidth, (long)sizes.Time * sizes.States, numbers * sizeof(T), (channels, memory) =>
        {
            var scratch = new Scratch<T>((T*)memory);
            var block = new SelectiveBlock<T>
            {
                Stride = SelectiveSizes.Stride, States = sizes.States, Row = channels.Row, Start = channels.Start, Count = channels.Count,
                A = scratch.Take(state), H = scratch.Take(state), Dt = scratch.Take(lane), W = scratch.Take(lane), Y = scratch.Take(lane),
                B = scratch.Take((long)sizes.Stretch * sizes.States), C = scratch.Take((long)sizes.Stretch * sizes.States),
            };
            Packing<T>.Pack(pass.A + channels.Start, sizes.Width, block.A, sizes.States, channels.Count, Log2E);
            Packing<T>.Pack(pass.Initial + sizes.StateAt(channels), sizes.Width, block.H, sizes.States, channels.Count);
            for (var stretch = 0; stretch < sizes.Stretches; stretch++)
            {
                if (pass.Kept is not null)
                    new Span<T>(block.H, sizes.States * channels.Count).CopyTo(new Span<T>(pass.Kept + sizes.KeptAt(channels, stretch), sizes.States * channels.Count));
                pass.Enter(ref block, stretch, stretch + 1);
                tokens.Read(block);
                var loop = new SelectiveForward<T, TTokens>(block, tokens);
                LaneWidth.Run<T, SelectiveForward<T, TTokens>>(ref loop, channels.Count);
                tokens.Write(block);
            }

            Packing<T>.Unpack(block.H, pass.Last + sizes.StateAt(channels), sizes.Width, sizes.States, channels.Count);
        });
    }

    /// <summary>The gradients to everything.</summary>
    public readonly void Backward<TTokens>(TTokens tokens)
        where TTokens : ISelectiveTokens<T>
    {
        var (pass, sizes) = (this, Sizes);
        var (lane, state) = ((long)sizes.Stretch * SelectiveSizes.Stride, (long)sizes.States * SelectiveSizes.BlockWidth);
        var (shared, vector) = ((long)sizes.Stretch * sizes.States, (long)sizes.States * LaneWidth.Most<T>());
        var numbers = 6 * lane + 3 * state + 4 * shared + (4L * sizes.Stretch + 1) * vector;
        ChannelBlocks.Run(sizes.Rows, sizes.Width, SelectiveSizes.BlockWidth, (long)sizes.Time * sizes.States, numbers * sizeof(T), (channels, memory) =>
        {
            var scratch = new Scratch<T>((T*)memory);
            var block = new SelectiveBlock<T>
            {
                Stride = SelectiveSizes.Stride, States = sizes.States, Row = channels.Row, Start = channels.Start, Count = channels.Count,
                A = scratch.Take(state), GH = scratch.Take(state), GA = scratch.Take(state),
                Dt = scratch.Take(lane), W = scratch.Take(lane), Y = scratch.Take(lane), GY = scratch.Take(lane), GDt = scratch.Take(lane), GW = scratch.Take(lane),
                B = scratch.Take(shared), C = scratch.Take(shared), GBC = scratch.Take(2 * shared),
                Decays = scratch.Take(sizes.Stretch * vector), Hs = scratch.Take((sizes.Stretch + 1) * vector), Parts = scratch.Take(2 * sizes.Stretch * vector),
            };
            Packing<T>.Pack(pass.A + channels.Start, sizes.Width, block.A, sizes.States, channels.Count, Log2E);
            Packing<T>.Pack(pass.GLast + sizes.StateAt(channels), sizes.Width, block.GH, sizes.States, channels.Count);
            new Span<T>(block.GA, sizes.States * channels.Count).Clear();
            for (var stretch = sizes.Stretches - 1; stretch >= 0; stretch--)
            {
                block.H = pass.Kept + sizes.KeptAt(channels, stretch);
                pass.Enter(ref block, stretch, stretch - 1);
                tokens.Read(block);
                tokens.ReadGradient(block);
                var shares = new Span<T>(block.GBC, block.Tokens * 2 * sizes.States);
                shares.Clear();
                var loop = new SelectiveBackward<T, TTokens>(block, tokens);
                LaneWidth.Run<T, SelectiveBackward<T, TTokens>>(ref loop, channels.Count);
                tokens.WriteGradient(block);
                shares.CopyTo(new Span<T>(pass.GBC + (((long)channels.Index * sizes.Rows + channels.Row) * sizes.Time + block.Begin) * 2 * sizes.States, shares.Length));
            }

            Packing<T>.Unpack(block.GH, pass.GInitial + sizes.StateAt(channels), sizes.Width, sizes.States, channels.Count);
            Packing<T>.Unpack(block.GA, pass.GA + sizes.StateAt(channels), sizes.Width, sizes.States, channels.Count);
        });
    }

    /// <summary>Moves a block to a stretch of tokens: where it is, which comes next, and their B and C.</summary>
    private readonly void Enter(ref SelectiveBlock<T> block, int stretch, int next)
    {
        (block.Begin, block.Tokens) = Of(stretch);
        (block.Next, block.NextTokens) = Of(next);
        block.Starts = Starts is null ? null : Starts + (long)block.Row * Sizes.Time + block.Begin;
        Rows<T, TStored>.Read(B.At(block.Row, block.Begin, 0), B.Stride, block.B, Sizes.States, block.Tokens, Sizes.States);
        Rows<T, TStored>.Read(C.At(block.Row, block.Begin, 0), C.Stride, block.C, Sizes.States, block.Tokens, Sizes.States);
    }

    /// <summary>The first token of a stretch and how many it has; none outside of the sequence.</summary>
    private readonly (int Begin, int Tokens) Of(int stretch) =>
        (stretch * Sizes.Stretch, stretch < 0 ? 0 : Math.Clamp(Sizes.Time - stretch * Sizes.Stretch, 0, Sizes.Stretch));
}
