using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Outer;

/// <summary>
/// The pairs of tokens of a part of a chunk, P_ij = sum_K q_i a_(j+1..i) k_j for j at most i, where a_(j+1..i) is the product of the decays after j up to i:
/// walking back from i, each step is one more factor.
/// </summary>
internal static unsafe class DecayedPairs<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<TLanes, T>
{
    private const int C = OuterSizes.Chunk, Part = OuterSizes.Part;

    /// <summary>Numbers of <c>sums</c>.</summary>
    public static int SumsSize => Part * Part * TLanes.Count;

    /// <summary>P, [m, m] up to the diagonal.</summary>
    /// <param name="q">[m, width].</param>
    /// <param name="k">[m, width].</param>
    /// <param name="a">[m, width].</param>
    /// <param name="P">Where to put it, rows a chunk apart.</param>
    /// <param name="m">Tokens.</param>
    /// <param name="width">K, filled up.</param>
    /// <param name="sums">Memory to work in.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(T* q, T* k, T* a, T* P, int m, int width, T* sums)
    {
        var lanes = TLanes.Count;
        new Span<T>(sums, m * Part * lanes).Clear();
        for (var at = 0; at < width; at += 2 * lanes)
        {
            for (var i = 0; i < m; i++)
            {
                var here = (nint)i * width + at;
                var (q0, q1) = (TLanes.Load(q + here), TLanes.Load(q + here + lanes));
                var sum = sums + (nint)i * Part * lanes;
                for (var j = i; ; j--)
                {
                    var there = (nint)j * width + at;
                    var part = TLanes.MultiplyAdd(q0, TLanes.Load(k + there), TLanes.Load(sum + j * lanes));
                    TLanes.MultiplyAdd(q1, TLanes.Load(k + there + lanes), part).Store(sum + j * lanes);
                    if (j == 0)
                        break;
                    q0 *= TLanes.Load(a + there);
                    q1 *= TLanes.Load(a + there + lanes);
                }
            }
        }

        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j <= i; j++)
                P[i * C + j] = TLanes.Sum(TLanes.Load(sums + (nint)(i * Part + j) * lanes));
        }
    }

    /// <summary>Adds to the gradients to q and k what they have of the gradient to P.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradients(T* q, T* k, T* a, T* gP, T* gq, T* gk, int m, int width)
    {
        for (var at = 0; at < width; at += TLanes.Count)
        {
            for (var i = 0; i < m; i++)
            {
                var here = (nint)i * width + at;
                var (q_i, gq_i, decay) = (TLanes.Load(q + here), TLanes.Load(gq + here), TLanes.Of(1.0));
                for (var j = i; ; j--)
                {
                    var there = (nint)j * width + at;
                    var g = TLanes.Of(gP[i * C + j]) * decay;
                    gq_i = TLanes.MultiplyAdd(g, TLanes.Load(k + there), gq_i);
                    TLanes.MultiplyAdd(g, q_i, TLanes.Load(gk + there)).Store(gk + there);
                    if (j == 0)
                        break;
                    decay *= TLanes.Load(a + there);
                }

                gq_i.Store(gq + here);
            }
        }
    }
}
