using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Selective;

/// <summary>
/// Tokens that bring dt = softplus(s + b) and w = dt u, and give (y + D u) silu(z), <see cref="GatedSelectiveScan"/>. Their gradients, with x = s + b and g the
/// gradient to what they give:
/// <code>
/// grad y = g silu(z)                                        grad z = g (y + D u) silu'(z)
/// grad s = (grad dt + u grad w) sigmoid(x)                  grad u = dt grad w + D grad y
/// grad b = sum_(B, T) grad s                                grad D = sum_(B, T) u grad y
/// </code>
/// </summary>
internal unsafe struct GatedTokens<T, TStored> : ISelectiveTokens<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    /// <summary>The inputs, what they give, and the gradients to them, [B, T, E].</summary>
    public Tokens<TStored> S, U, Z, Out, GOut, GS, GU, GZ;

    /// <summary>b and D, [E].</summary>
    public T* Bias, Skip;

    /// <summary>The gradients to them of each row, [B, E], from zero on.</summary>
    public T* GBias, GSkip;

    /// <summary>[B, T], other than zero where nothing happens; null for nowhere.</summary>
    public byte* Padding;

    /// <summary>T and E.</summary>
    public int Time, Width;

    /// <inheritdoc/>
    public readonly void Read(in SelectiveBlock<T> block) => Each(block, Part.Read);

    /// <inheritdoc/>
    public readonly void Write(in SelectiveBlock<T> block) => Each(block, Part.Write);

    /// <inheritdoc/>
    public readonly void ReadGradient(in SelectiveBlock<T> block) => Each(block, Part.ReadGradient);

    /// <inheritdoc/>
    public readonly void WriteGradient(in SelectiveBlock<T> block) => Each(block, Part.WriteGradient);

    /// <inheritdoc/>
    public readonly void Expect(in SelectiveBlock<T> block, int e)
    {
        Expect(S, block, e);
        Expect(U, block, e);
        Expect(Z, block, e);
        Expect(Out, block, e);
    }

    /// <inheritdoc/>
    public readonly void ExpectGradient(in SelectiveBlock<T> block, int e)
    {
        Expect(S, block, e);
        Expect(U, block, e);
        Expect(Z, block, e);
        Expect(GOut, block, e);
        Expect(GS, block, e);
        Expect(GU, block, e);
        Expect(GZ, block, e);
    }

    private static void Expect(Tokens<TStored> of, in SelectiveBlock<T> block, int e) => of.Expect(block.Row, block.Next, block.NextTokens, block.Start, e);

    private readonly void Each(in SelectiveBlock<T> block, Part part)
    {
        var loop = new Loop(this, block, part);
        LaneWidth.Run<T, Loop>(ref loop, block.Count);
    }

    private enum Part
    {
        Read,
        Write,
        ReadGradient,
        WriteGradient,
    }

    /// <summary>One part of the work, over the tokens of a block.</summary>
    private readonly struct Loop(GatedTokens<T, TStored> tokens, SelectiveBlock<T> block, Part part) : ILaneLoop<T>
    {
        private readonly GatedTokens<T, TStored> _tokens = tokens;
        private readonly SelectiveBlock<T> _block = block;
        private readonly Part _part = part;

        public void Run<TLanes>(int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            for (var t = 0; t < _block.Tokens; t++)
            {
                switch (_part)
                {
                    case Part.Read: Read<TLanes>(t, begin, end); break;
                    case Part.Write: Write<TLanes>(t, begin, end); break;
                    case Part.ReadGradient: ReadGradient<TLanes>(t, begin, end); break;
                    default: WriteGradient<TLanes>(t, begin, end); break;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Read<TLanes>(int t, int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TStored* s = At(_tokens.S, t), u = At(_tokens.U, t);
            T* bias = _tokens.Bias + _block.Start, dt = _block.Dt + t * _block.Stride, w = _block.W + t * _block.Stride;
            var padded = Padded(t);
            for (var e = begin; e < end; e += TLanes.Count)
            {
                var dt_e = LaneMath.Softplus<TLanes, T>(TStored.Load<TLanes>(s + e) + TLanes.Load(bias + e));
                if (padded)
                    dt_e = TLanes.Zero;
                dt_e.Store(dt + e);
                (dt_e * TStored.Load<TLanes>(u + e)).Store(w + e);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Write<TLanes>(int t, int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TStored* u = At(_tokens.U, t), z = At(_tokens.Z, t), to = At(_tokens.Out, t);
            T* skip = _tokens.Skip + _block.Start, y = _block.Y + t * _block.Stride;
            for (var e = begin; e < end; e += TLanes.Count)
            {
                var z_e = TStored.Load<TLanes>(z + e);
                var r = TLanes.MultiplyAdd(TLanes.Load(skip + e), TStored.Load<TLanes>(u + e), TLanes.Load(y + e));
                TStored.Store(r * z_e * LaneMath.Sigmoid<TLanes, T>(z_e), to + e);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void ReadGradient<TLanes>(int t, int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TStored* z = At(_tokens.Z, t), g = At(_tokens.GOut, t);
            T* gy = _block.GY + t * _block.Stride;
            for (var e = begin; e < end; e += TLanes.Count)
            {
                var z_e = TStored.Load<TLanes>(z + e);
                (TStored.Load<TLanes>(g + e) * z_e * LaneMath.Sigmoid<TLanes, T>(z_e)).Store(gy + e);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void WriteGradient<TLanes>(int t, int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TStored* s = At(_tokens.S, t), u = At(_tokens.U, t), z = At(_tokens.Z, t), g = At(_tokens.GOut, t);
            TStored* gs = At(_tokens.GS, t), gu = At(_tokens.GU, t), gz = At(_tokens.GZ, t);
            T* bias = _tokens.Bias + _block.Start, skip = _tokens.Skip + _block.Start;
            T* gBias = _tokens.GBias + (long)_block.Row * _tokens.Width + _block.Start, gSkip = _tokens.GSkip + (long)_block.Row * _tokens.Width + _block.Start;
            long at = t * _block.Stride;
            var padded = Padded(t);
            for (var e = begin; e < end; e += TLanes.Count)
            {
                var (u_e, z_e, skip_e) = (TStored.Load<TLanes>(u + e), TStored.Load<TLanes>(z + e), TLanes.Load(skip + e));
                var (dt, gdt, gw, gy) = (TLanes.Load(_block.Dt + at + e), TLanes.Load(_block.GDt + at + e), TLanes.Load(_block.GW + at + e), TLanes.Load(_block.GY + at + e));
                var open = LaneMath.Sigmoid<TLanes, T>(z_e);
                var slope = open * TLanes.MultiplyAdd(z_e, TLanes.Of(1.0) - open, TLanes.Of(1.0));
                var r = TLanes.MultiplyAdd(skip_e, u_e, TLanes.Load(_block.Y + at + e));
                TStored.Store(TStored.Load<TLanes>(g + e) * r * slope, gz + e);
                TStored.Store(TLanes.MultiplyAdd(dt, gw, skip_e * gy), gu + e);
                TLanes.MultiplyAdd(u_e, gy, TLanes.Load(gSkip + e)).Store(gSkip + e);
                var x = TStored.Load<TLanes>(s + e) + TLanes.Load(bias + e);
                var gs_e = padded ? TLanes.Zero : TLanes.MultiplyAdd(u_e, gw, gdt) * LaneMath.Sigmoid<TLanes, T>(x);
                TStored.Store(gs_e, gs + e);
                (TLanes.Load(gBias + e) + gs_e).Store(gBias + e);
            }
        }

        private TStored* At(Tokens<TStored> of, int t) => of.At(_block.Row, _block.Begin + t, _block.Start);

        private bool Padded(int t) => _tokens.Padding is not null && _tokens.Padding[(long)_block.Row * _tokens.Time + _block.Begin + t] != 0;
    }
}
