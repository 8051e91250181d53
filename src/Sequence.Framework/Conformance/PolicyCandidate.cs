using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Conformance.PolicyLaws;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>
/// A cache policy to be judged: how it is made, where it is tried, and the seed that the layer it is tried on and the inputs [B, T, D] are drawn from. The same
/// seed shows the same errors.
/// </summary>
/// <param name="create">Makes it.</param>
/// <param name="device">Where the laws try it.</param>
/// <param name="seed">Of weights and inputs.</param>
public sealed class PolicyCandidate(Func<ComponentContext, CachePolicy> create, Device device, long seed)
{
    private const int Width = 16;

    /// <summary>Where it is tried.</summary>
    public Device Device => device;

    /// <summary>What weights and inputs are drawn from.</summary>
    public long Seed => seed;

    /// <summary>Makes the policy, as the only layer's of a model.</summary>
    public CachePolicy Make() => create(new ComponentContext(Width, Layer: 0, Depth: 1));

    /// <summary>Standard normal inputs [B, T, D].</summary>
    /// <param name="B">Rows.</param>
    /// <param name="T">Tokens a row.</param>
    /// <param name="draw">Which of the inputs of this shape.</param>
    public Tensor Inputs(long B, long T, int draw = 0)
    {
        using var generator = new Generator((ulong)(seed * 100 + draw));
        return randn([B, T, Width], float64, generator: generator).to(device);
    }

    /// <summary>Attention in float64 under a policy made anew, or under none; the caller owns it.</summary>
    /// <param name="reads">Which entries its queries see.</param>
    /// <param name="under">Whether it has the policy.</param>
    public EntryMixer Layer(EntryReads reads, bool under = true)
    {
        manual_seed(seed);
        var mixer = new EntryMixer(new ProbeLayer(Width, reads)) { Policy = under ? Make() : null };
        mixer.eval();
        mixer.to(float64);
        if (device.type != DeviceType.CPU)
            mixer.to(device);
        return mixer;
    }
}
