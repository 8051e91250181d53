using Sequence.Kernels.Lanes;
using static TorchSharp.torch;

namespace Sequence.Kernels.Steps;

/// <summary>
/// One step of a recurrence of outer products, in place:
/// <code>
/// S = diag(a) S + k v^T        S: [B, H, K, V]; k: [B, G K], each shared by H / G heads; v: [B, H V]
/// y = S^T q                    q as k; y: [B, H V]
/// a: [B, H K], one decay a key channel; [B, H], one a head; or none
/// </code>
/// </summary>
public static unsafe class OuterProductStep
{
    /// <summary>Moves S on and writes y over <paramref name="v"/>, which it gives back.</summary>
    /// <param name="q">q.</param>
    /// <param name="k">k.</param>
    /// <param name="v">v.</param>
    /// <param name="decay">a; no vectors where nothing is forgotten.</param>
    /// <param name="S">The state, [B, ..., H, K, V].</param>
    /// <param name="heads">H.</param>
    public static Vectors Run(Vectors q, Vectors k, Vectors v, Vectors decay, Tensor S, int heads)
    {
        k.Fits(q);
        var V = v.Width / heads;
        var K = (int)(S.numel() / v.Batch / heads / V);
        if (S.numel() != (long)v.Batch * heads * K * V || k.Width % K != 0 || heads % (k.Width / K) != 0)
            throw new ArgumentException($"A state of {S.numel()} numbers does not go with {heads} heads, keys of {k.Width} and values of {v.Width} numbers.", nameof(S));
        if (v.IsDouble)
            Run<double>(q, k, v, decay, S, heads, K, V);
        else
            Run<float>(q, k, v, decay, S, heads, K, V);
        GC.KeepAlive(S);
        return v;
    }

    private static void Run<T>(Vectors q, Vectors k, Vectors v, Vectors decay, Tensor S, int heads, int K, int V)
        where T : unmanaged
    {
        var state = StepMemory.Of<T>(S);
        var shared = heads / (k.Width / K);
        var ofChannels = decay.Width == heads * K ? 1 : 0;
        for (var row = 0; row < v.Batch; row++)
        {
            for (var head = 0; head < heads; head++, state += (long)K * V)
            {
                var group = head / shared * K;
                var a = decay.Width == 0 ? null : decay.Row<T>(row) + (ofChannels == 1 ? head * K : head);
                var loop = new OuterProductStepLoop<T>(q.Row<T>(row) + group, k.Row<T>(row) + group, v.Row<T>(row) + head * V, a, ofChannels, state, K, V);
                LaneWidth.Run<T, OuterProductStepLoop<T>>(ref loop, V);
            }
        }
    }
}
