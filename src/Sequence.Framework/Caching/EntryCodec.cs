using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>Numbers as a cache holds them, and back: of eight bits with one scale an entry and head, s = max |x| / 127, x as round(x / s).</summary>
internal static class EntryCodec
{
    private const double Largest = 127;

    /// <summary>What is held of x [B, Hkv, t, W]: the numbers, and their scales [B, Hkv, t, 1] where there are any.</summary>
    public static (Tensor Stored, Tensor? Scale) Encode(Tensor x, EntryStorage storage)
    {
        switch (storage)
        {
            case EntryStorage.BFloat16:
                return (x.to(bfloat16), null);
            case EntryStorage.Int8:
                var scale = x.to(float32).abs().amax([-1], keepdim: true) / Largest;
                var steps = x.to(float32) / scale.masked_fill(scale == 0, 1);
                return (steps.round().to(int8), scale);
            default:
                return (x, null);
        }
    }

    /// <summary>x again, [B, Hkv, t, W], in the element type of the layer.</summary>
    public static Tensor Decode(Tensor stored, Tensor? scale, ScalarType element) =>
        scale is null ? stored.to(element) : (stored.to(float32) * scale).to(element);

    /// <summary>What is read of x after it has been held; gradients pass as if it were x.</summary>
    public static Tensor Through(Tensor x, EntryStorage storage)
    {
        if (storage == EntryStorage.Full)
            return x;
        var value = x.detach();
        var (stored, scale) = Encode(value, storage);
        return x + (Decode(stored, scale, x.dtype) - value);
    }
}
