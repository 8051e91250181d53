using System.Runtime.InteropServices;
using Sequence.Kernels.Outer;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// <see cref="OuterStep"/> on a GPU (<c>outer_step.cu</c>) in one launch: decay, what is written, and the read-out. S is read once and written once, to fresh memory: a fork
/// may hold the one before.
/// </summary>
internal static class CudaOuterStep
{
    // columns of V and warps of a block, and the rows of K that a warp holds: the fewest with which a block holds all, or the most
    private const int Lanes = 32, Warps = 8, FewestRows = 8, MostRows = 32;

    /// <summary>What it is compiled from.</summary>
    public static CudaProgram Program { get; } = new("outer_step.cu", _ => []);

    /// <summary>y and the last S of a scan of outer products, or of a delta rule where there is a beta.</summary>
    public static (Tensor Y, Tensor Last) Run(OuterInputs x)
    {
        var (y, last) = Results(x);
        Launch(x.Beta is null ? "outer" : "delta", x, y, last, new() { Log = CudaHeads.Of(x.Log), Beta = CudaHeads.Of(x.Beta) });
        return (y, last);
    }

    /// <summary>y, its scales [B, 1, H, 1], and the last m and R.</summary>
    public static (Tensor Y, Tensor Scales, LogScaled Last) Run(LogScaledInputs x)
    {
        var outer = x.Outer;
        var (B, H) = (outer.V.shape[0], outer.V.shape[2]);
        var (l, i, before) = (outer.Log!.to(float64), x.LogInput.to(float64), x.Scales?.to(float64).contiguous());
        var (units, scales) = (empty([B, 1, H, 1], float64, outer.V.device), empty([B, H, 1, 1], float64, outer.V.device));
        var (y, last) = Results(outer);
        Launch("scaled", outer, y, last, new()
        {
            Forget = CudaHeads.Of(l), Input = CudaHeads.Of(i), Scales = CudaMemory.Address(before), Units = CudaMemory.Address(units), LastScales = CudaMemory.Address(scales),
        });
        GC.KeepAlive((l, i, before));
        return (y, units, new(scales, last));
    }

    private static (Tensor Y, Tensor Last) Results(OuterInputs x) =>
        (empty(x.V.shape, x.V.dtype, x.V.device), empty([x.V.shape[0], x.V.shape[2], x.K.shape[3], x.V.shape[3]], StateElement.Of(x.V.dtype), x.V.device));

    private static void Launch(string kind, OuterInputs x, Tensor y, Tensor last, Arguments more)
    {
        var (B, H, K, V) = (last.shape[0], last.shape[1], last.shape[2], last.shape[3]);
        var (starts, initial) = (x.Starts?.contiguous(), x.Initial?.contiguous());
        var (rows, tiles) = (FewestRows, (V + Lanes - 1) / Lanes);
        while (rows < MostRows && rows * Warps < K)
            rows *= 2;
        Program.On(y).Launch($"{kind}_{rows}", (B * H * tiles, 1), Lanes * Warps, more with
        {
            Q = CudaHeads.Of(x.Q), K = CudaHeads.Of(x.K), V = CudaHeads.Of(x.V), Starts = CudaMemory.Address(starts), Initial = CudaMemory.Address(initial),
            Y = CudaMemory.Address(y), Last = CudaMemory.Address(last), Heads = (int)H, Keys = (int)K, Values = (int)V, Tiles = (int)tiles,
        });
        GC.KeepAlive((x, starts, initial));
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public CudaHeads Q, K, V, Log, Beta, Forget, Input;
        public IntPtr Starts, Scales, Initial, Y, Last, Units, LastScales;
        public int Heads, Keys, Values, Tiles;
    }
}
