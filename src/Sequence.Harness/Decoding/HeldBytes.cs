using Sequence.Framework.Models;
using Sequence.Kernels;
using TorchSharp;

namespace Sequence.Harness.Decoding;

/// <summary>What sessions hold at a position, by two accounts.</summary>
/// <param name="Position">Tokens seen.</param>
/// <param name="StateBytes">Of the tensors that the state lists, over all layers and rows.</param>
/// <param name="ReservedBytes">Of what caches hold beside them: room to grow, rotated keys.</param>
/// <param name="ProcessBytes">By which the process, or what it holds of a GPU, has grown since there was no state; null where it cannot be told.</param>
public sealed record HeldBytes(long Position, long StateBytes, long ReservedBytes, long? ProcessBytes)
{
    /// <summary>Takes a prompt in and looks at every position, alone in the process, with nothing kept but the state.</summary>
    internal static IReadOnlyList<HeldBytes> Measure(DecodeContender contender, SequenceModel model, DecodeOptions options, torch.Device device)
    {
        // what a first call allocates once and for all is not the state's
        using (var first = DecodeSession.Start(contender, model, options, device))
        {
            first.Prefill(Math.Min(options.Piece, options.Positions[0]));
            _ = first.Turn();
        }

        var before = BytesNow(device);
        using var session = DecodeSession.Start(contender, model, options, device);
        return [.. options.Positions.Select(position =>
        {
            session.Prefill(position);
            var state = session.State;
            return new HeldBytes(position, state.Bytes, state.ReservedBytes, BytesNow(device) - before);
        })];
    }

    private static long? BytesNow(torch.Device device)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (device.type == DeviceType.CUDA)
            return DeviceMemory.Allocated(device);
        return ProcessMemory.StartPeak() ? ProcessMemory.Bytes : null;
    }
}
