using System.Runtime.Intrinsics;

namespace Sequence.Kernels.Lanes;

/// <summary>
/// The width of the lanes that kernels run in: the widest that the processor has, or none. The runtime's own switches narrow it (DOTNET_EnableAVX512=0,
/// DOTNET_EnableAVX2=0, DOTNET_EnableHWIntrinsic=0); SEQUENCE_LANES=512, 256, 128 or 1 sets it outright, wider than the processor too, where the runtime puts
/// several registers together.
/// </summary>
public static class LaneWidth
{
    /// <summary>512, 256, 128, or 1 for scalar code.</summary>
    public static int Bits { get; } = Asked() ?? Widest();

    /// <summary>The width in words, for reports.</summary>
    public static string Text => Bits == 1 ? "scalar" : $"{Bits} bits";

    /// <summary>The most numbers that lanes hold at this width.</summary>
    internal static unsafe int Most<T>() where T : unmanaged => Bits == 1 ? 1 : Bits / (8 * sizeof(T));

    /// <summary>Runs a loop over [0, count): the widest lanes as far as they go, the rest one number at a time.</summary>
    internal static void Run<T, TLoop>(ref TLoop loop, int count)
        where T : unmanaged
        where TLoop : ILaneLoop<T>, allows ref struct
    {
        var whole = Bits switch
        {
            512 => Whole<T, TLoop, Lanes512<T>>(ref loop, count),
            256 => Whole<T, TLoop, Lanes256<T>>(ref loop, count),
            128 => Whole<T, TLoop, Lanes128<T>>(ref loop, count),
            _ => 0,
        };
        if (whole < count)
            loop.Run<Lanes1<T>>(whole, count);
    }

    /// <summary>Does work at the width of the machine.</summary>
    internal static void Run<T, TWork>(ref TWork work)
        where T : unmanaged
        where TWork : ILaneWork<T>, allows ref struct
    {
        switch (Bits)
        {
            case 512: work.Run<Lanes512<T>>(); break;
            case 256: work.Run<Lanes256<T>>(); break;
            case 128: work.Run<Lanes128<T>>(); break;
            default: work.Run<Lanes1<T>>(); break;
        }
    }

    private static int Whole<T, TLoop, TLanes>(ref TLoop loop, int count)
        where T : unmanaged
        where TLoop : ILaneLoop<T>, allows ref struct
        where TLanes : struct, ILanes<TLanes, T>
    {
        var whole = count - count % TLanes.Count;
        if (whole > 0)
            loop.Run<TLanes>(0, whole);
        return whole;
    }

    private static int Widest() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 1;

    private static int? Asked() => Environment.GetEnvironmentVariable("SEQUENCE_LANES") switch
    {
        null or "" => null,
        "512" => 512,
        "256" => 256,
        "128" => 128,
        "1" => 1,
        var other => throw new InvalidOperationException($"SEQUENCE_LANES is '{other}': it is 512, 256, 128 or 1 (scalar), or not set."),
    };
}
