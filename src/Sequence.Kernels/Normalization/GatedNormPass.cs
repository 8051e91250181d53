using Sequence.Kernels.Lanes;
using Sequence.Kernels.Outer;

namespace Sequence.Kernels.Normalization;

/// <summary>The two passes of a gated norm: blocks of tokens on threads, one head after the other in registers.</summary>
internal unsafe struct GatedNormPass<T>
    where T : unmanaged
{
    // tokens; what a block computes does not depend on how many threads there are
    private const int BlockTokens = 128;

    /// <summary>[B, T, H, V].</summary>
    public long[] Shape;

    public HeadTokens<T> X, Z;

    /// <summary>[H V].</summary>
    public T* Weight;

    public NormGate Gate;

    public bool Centred;

    public double Epsilon;

    private readonly int Heads => (int)Shape[2];

    private readonly int Width => (int)Shape[3];

    /// <summary>Blocks of tokens.</summary>
    public static long Blocks(long[] shape) => (shape[0] * shape[1] + BlockTokens - 1) / BlockTokens;

    /// <summary>y, [B, T, H V].</summary>
    public readonly void Forward(T* y) => Run(this, y, null, null, null, null);

    /// <summary>The gradients to x, z and, by each block of tokens, w, from that to y.</summary>
    public readonly void Backward(T* g, T* gx, T* gz, T* gw) => Run(this, null, g, gx, gz, gw);

    private static void Run(GatedNormPass<T> pass, T* y, T* g, T* gx, T* gz, T* gw)
    {
        var (heads, width) = (pass.Heads, pass.Width);
        var (time, tokens) = (pass.Shape[1], pass.Shape[0] * pass.Shape[1]);
        Work.For(0, Blocks(pass.Shape), 1, (begin, end) =>
        {
            using var memory = new AlignedMemory<T>(3L * width);
            var scratch = memory.Scratch;
            T* u = scratch.Take(width), n = scratch.Take(width), d = scratch.Take(width);
            for (var block = begin; block < end; block++)
            {
                var sums = gw is null ? null : gw + block * heads * width;
                if (sums is not null)
                    new Span<T>(sums, heads * width).Clear();
                for (var token = block * BlockTokens; token < Math.Min(tokens, (block + 1) * BlockTokens); token++)
                {
                    for (var head = 0; head < heads; head++)
                    {
                        var at = (token * heads + head) * width;
                        var loop = new GatedNormLoop<T>
                        {
                            Width = width, Gate = pass.Gate, Centred = pass.Centred, Epsilon = pass.Epsilon,
                            X = pass.X.At((int)(token / time), token % time, head), Z = pass.Z.At((int)(token / time), token % time, head), Weight = pass.Weight + head * width,
                            U = u, N = n, D = d,
                            Y = y is null ? null : y + at, G = g is null ? null : g + at, GX = gx + at, GZ = gz + at, GW = sums + head * width,
                        };

                        // sums over a head are taken at one width: scalars where the head is not whole lanes
                        LaneWidth.Run<T, GatedNormLoop<T>>(ref loop, width % LaneWidth.Most<T>() == 0 ? LaneWidth.Most<T>() : 1);
                    }
                }
            }
        });
    }
}
