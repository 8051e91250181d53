using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary><see cref="Chunks.DeltaStates"/> on a GPU (<c>delta_states.cu</c>), and the gradients that go from chunk to chunk, by the same kernel the other way. All tensors but e are contiguous.</summary>
internal static class CudaDeltaStates
{
    private const int MostTokens = 64, MostKeys = 128, Threads = 256;

    // of a row of V, in bytes, that a block holds
    private const int Tile = 128;

    /// <summary>What it is compiled from; for float32 and float64.</summary>
    public static CudaProgram Program { get; } = new("delta_states.cu", _ => []);

    /// <summary>Why it does not take chunks [B, n, H, C, K]; null where it does.</summary>
    public static string? Refusal(Tensor leaving) =>
        leaving.shape[3] > MostTokens ? $"chunks of more than {MostTokens} tokens"
        : leaving.shape[4] > MostKeys ? $"keys of more than {MostKeys} channels"
        : null;

    /// <summary>u, S before each chunk and behind the last.</summary>
    public static void Forward(Tensor W, Tensor R, Tensor L, Tensor e, Tensor initial, (Tensor U, Tensor Before, Tensor Last) to) =>
        Walk(W, R, L, d: null, e, initial, to, isBackward: false);

    /// <summary>The gradients to u, to S behind each chunk, and to the first S.</summary>
    public static void Backward(Tensor gU, Tensor R, Tensor L, Tensor e, Tensor gBefore, Tensor gLast, (Tensor GU, Tensor G, Tensor GInitial) to) =>
        Walk(gU, L, R, gBefore, e, gLast, to, isBackward: true);

    private static void Walk(Tensor a, Tensor P, Tensor Q, Tensor? d, Tensor e, Tensor initial, (Tensor X, Tensor Before, Tensor Last) to, bool isBackward)
    {
        var (shape, K) = (a.shape, P.shape[4]);
        var columns = Tile / a.element_size();
        var tiles = (shape[4] + columns - 1) / columns;
        Program.On(a).Launch("walk", (shape[0] * shape[2] * tiles, 1), Threads, new Arguments
        {
            A = CudaMemory.Address(a), P = CudaMemory.Address(P), Q = CudaMemory.Address(Q), D = CudaMemory.Address(d), Initial = CudaMemory.Address(initial),
            Carry = CudaLogs.Of(e), X = CudaMemory.Address(to.X), Before = CudaMemory.Address(to.Before), Last = CudaMemory.Address(to.Last),
            Chunks = (int)shape[1], Heads = (int)shape[2], Tokens = (int)shape[3], Keys = (int)K, Values = (int)shape[4], Tiles = (int)tiles, IsBackward = isBackward ? 1 : 0,
        });
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public IntPtr A, P, Q, D, Initial;
        public CudaLogs Carry;
        public IntPtr X, Before, Last;
        public int Chunks, Heads, Tokens, Keys, Values, Tiles, IsBackward;
    }
}
