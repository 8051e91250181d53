using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary><see cref="Chunks.DecayedScores"/> on a GPU (<c>decayed_scores.cu</c>): scores are read once and written once, a block a matrix; no matrix of float64 is made.</summary>
internal static class CudaDecayedScores
{
    /// <summary>The largest C.</summary>
    public const int Most = 64;

    private const int Threads = 256;

    // of a memory access of one thread, in bytes, and the numbers that a thread has of a row
    private const int Widest = 16, Each = 4;

    private static readonly CudaProgram _single = new("decayed_scores.cu", _ => ["SIDE_BY_SIDE=0"]), _wide = new("decayed_scores.cu", _ => ["SIDE_BY_SIDE=1"]);

    /// <summary>What it is compiled from; for float32 and float64.</summary>
    public static IReadOnlyList<CudaProgram> Programs { get; } = [_single, _wide];

    /// <summary>P.</summary>
    /// <param name="inputs">s, r, c and the starts of the chunk up to each token.</param>
    /// <param name="P">Where to, [B, n, H, C, C], contiguous.</param>
    public static void Forward(List<Tensor> inputs, Tensor P) =>
        Program(P, inputs[0], P).On(P).Launch("forward", (P.numel() / P.shape[3] / P.shape[4], 1), Threads, Of(inputs, P.shape) with { P = CudaMemory.Address(P) });

    /// <summary>The gradients to s, r and c, spread over all that share them.</summary>
    /// <param name="inputs">As <see cref="Forward"/> took them.</param>
    /// <param name="g">The gradient to P, contiguous as all that follows.</param>
    /// <param name="gs">Where that to s goes, [B, n, H, C, C].</param>
    /// <param name="gr">Where that to r goes, [B, n, H, C, 1] float64.</param>
    /// <param name="gc">Where that to c goes, [B, n, H, C, 1] float64.</param>
    public static void Backward(List<Tensor> inputs, Tensor g, Tensor gs, Tensor gr, Tensor gc) =>
        Program(g, inputs[0], g, gs).On(g).Launch("backward", (g.numel() / g.shape[3] / g.shape[4], 1), Threads, Of(inputs, g.shape) with
        {
            G = CudaMemory.Address(g), GS = CudaMemory.Address(gs), GR = CudaMemory.Address(gr), GC = CudaMemory.Address(gc),
        });

    private static CudaProgram Program(Tensor like, params Tensor[] matrices) =>
        like.shape[4] % Each == 0 && matrices.All(each => CudaMemory.Address(each) % Widest == 0) ? _wide : _single;

    private static Arguments Of(List<Tensor> inputs, long[] shape) => new()
    {
        R = CudaLogs.Of(inputs[1]), C = CudaLogs.Of(inputs[2]), S = CudaMemory.Address(inputs[0]), SRow = Step(inputs[0], 0), SChunk = Step(inputs[0], 1), SHead = Step(inputs[0], 2),
        Begun = CudaMemory.Address(inputs[3]), Chunks = (int)shape[1], Heads = (int)shape[2], Size = (int)shape[3],
    };

    // an axis of one stands for as many as there are elsewhere
    private static long Step(Tensor s, int axis) => s.shape[axis] == 1 ? 0 : s.stride(axis);

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public CudaLogs R, C;
        public IntPtr S;
        public long SRow, SChunk, SHead;
        public IntPtr Begun, P, G, GS, GR, GC;
        public int Chunks, Heads, Size;
    }
}
