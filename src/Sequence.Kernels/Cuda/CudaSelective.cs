using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// The two passes of a selective scan over [B, T, E] with N states a channel on a GPU (<c>selective_scan.cu</c>), as <see cref="Selective.SelectivePass{T, TStored}"/> is on
/// the CPU. A token of a channel moves, in float32 and at N = 16, 12 bytes forward (dt, w and y; 16 with s, u, z and y) and 4 for what is kept of h; 20 bytes backward (28), and 6
/// for what was kept and the parts of the gradients to B and C: no more than inputs, outputs and their gradients themselves, and a third beside. The rest is
/// e^(dt A), once forward and once backward for every state.
/// </summary>
/// <param name="input">The source that says what tokens bring: "selective_tokens.cuh".</param>
internal sealed class CudaSelective(string input)
{
    private const int Threads = 128, Group = 16;

    // a block of four warps leaves no part of a multiprocessor idle; with fewer chunks than this, going through them twice costs what they gain
    private const long BlocksOfMultiprocessor = 2, FewestChunks = 4, FewestTilesOfChunk = 4;

    /// <summary>What it is compiled from.</summary>
    public CudaProgram Program { get; } = new("selective_scan.cu", element =>
        [$"INPUT=\"{input}\"", $"STEPS={Steps(element)}", $"THREADS={Threads}", $"GROUP={Group}", $"SHARED_STATES={(element == ScalarType.Float64 ? 8 : 16)}"]);

    /// <summary>dt and w as they are.</summary>
    public static CudaSelective Plain { get; } = new("selective_tokens.cuh");

    /// <summary>dt = softplus(s + b), w = dt u, and (y + D u) silu(z) out.</summary>
    public static CudaSelective Gated { get; } = new("gated_selective_tokens.cuh");

    /// <summary>Where the forward pass keeps h, [B, tiles, N, E]; empty where no gradient is wanted.</summary>
    /// <param name="u">[B, T, E].</param>
    /// <param name="initial">h before the first token.</param>
    /// <param name="isKept">Whether a gradient is wanted.</param>
    public static Tensor Kept(Tensor u, Tensor initial, bool isKept)
    {
        long[] shape = isKept ? [u.shape[0], Divide(u.shape[1], Steps(u.dtype)), initial.shape[1], u.shape[2]] : [0];
        return empty(shape, initial.dtype, initial.device);
    }

    /// <summary>y, where <paramref name="from"/> says, the last h, and what is kept.</summary>
    public void Forward<TInput>(TInput from, CudaSelectiveStates states)
        where TInput : unmanaged => Run(from, states, states.Like.shape[1] == 1 && states.Kept.numel() == 0 ? "step" : "forward", null, null);

    /// <summary>The gradients to what tokens bring, where <paramref name="from"/> says, and to the rest.</summary>
    /// <param name="from">What <c>Input</c> of the source has, for so many chunks.</param>
    /// <param name="states">The gradient to the last h as <see cref="CudaSelectiveStates.Initial"/>, and where that to the first goes as the last.</param>
    /// <returns>The gradients to A, [N, E], B and C, [B, T, N], in the element type of states.</returns>
    public (Tensor A, Tensor B, Tensor C) Backward<TInput>(TInput from, CudaSelectiveStates states)
        where TInput : unmanaged
    {
        var (u, N) = (states.Like, states.A.shape[0]);
        var gA = zeros([u.shape[0] * Chunks(u), .. states.A.shape], states.A.dtype, u.device);
        var gBC = zeros([Divide(u.shape[2], Threads), u.shape[0], u.shape[1], 2, N], states.A.dtype, u.device);
        Run(from, states, "backward", gA, gBC);
        var shared = gBC.sum([0]);
        return (gA.sum([0]), shared.select(2, 0), shared.select(2, 1));
    }

    /// <summary>How many chunks the sequences of a tensor [B, T, E] are cut into: one, where its rows and channels are enough for a GPU.</summary>
    public static long Chunks(Tensor u)
    {
        if (u.numel() == 0)
            return 1;
        var blocks = u.shape[0] * Divide(u.shape[2], Threads);
        var tiles = Divide(u.shape[1], Steps(u.dtype));
        var chunks = Math.Min(BlocksOfMultiprocessor * CudaPlatform.Gpu(u).Multiprocessors / blocks, tiles / FewestTilesOfChunk);
        // none of them empty
        return chunks < FewestChunks ? 1 : Divide(tiles, Divide(tiles, chunks));
    }

    private void Run<TInput>(TInput from, CudaSelectiveStates states, string pass, Tensor? gA, Tensor? gBC)
        where TInput : unmanaged
    {
        var (u, (N, E)) = (states.Like, (states.A.shape[0], states.A.shape[1]));
        if (u.numel() == 0)
        {
            states.Last.copy_(states.Initial);
            return;
        }

        var (chunks, blocks) = (Chunks(u), u.shape[0] * Divide(E, Threads));
        using var links = empty([chunks == 1 ? 0 : u.shape[0] * chunks * 2 * N * E], states.A.dtype, u.device);
        var given = new Arguments<TInput>
        {
            Input = from, B = CudaTokens.Of(states.B), C = CudaTokens.Of(states.C), A = CudaMemory.Address(states.A), Starts = CudaMemory.Address(states.Starts),
            Padding = CudaMemory.Address(states.Padding), Initial = CudaMemory.Address(states.Initial), Last = CudaMemory.Address(states.Last),
            Links = CudaMemory.Address(links), Kept = CudaMemory.Address(states.Kept), GA = CudaMemory.Address(gA), GBC = CudaMemory.Address(gBC),
            Rows = (int)u.shape[0], T = (int)u.shape[1], E = (int)E, N = (int)N, Chunks = (int)chunks,
            TilesOfChunk = (int)Divide(Divide(u.shape[1], Steps(u.dtype)), chunks),
        };
        var module = Program.On(u);
        if (chunks > 1)
        {
            // the last chunk leaves nothing to another
            module.Launch($"{pass}_ends", (blocks * (chunks - 1), 1), Threads, given);
            module.Launch("carry", (Divide(u.shape[0] * N * E, Threads), 1), Threads, given);
        }

        module.Launch(pass, (blocks * chunks, 1), Threads, given);
    }

    // tokens of a tile, which lie in registers; a float64 takes two
    private static int Steps(ScalarType element) => element == ScalarType.Float64 ? 8 : 16;

    private static long Divide(long whole, long part) => (whole + part - 1) / part;

    /// <summary>Of <c>selective_tokens.cuh</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PlainTokens
    {
        public CudaTokens Dt, W, Y, GY, GDt, GW;
    }

    /// <summary>Of <c>gated_selective_tokens.cuh</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct GatedTokens
    {
        public CudaTokens S, U, Z, Out, GOut, GS, GU, GZ;
        public IntPtr Bias, Skip, GBias, GSkip;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments<TInput>
        where TInput : unmanaged
    {
        public TInput Input;
        public CudaTokens B, C;
        public IntPtr A, Starts, Padding, Initial, Last, Links, Kept, GA, GBC;
        public int Rows, T, E, N, Chunks, TilesOfChunk;
    }
}
